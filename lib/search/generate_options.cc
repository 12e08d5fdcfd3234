#include "search/generate_options.h"

#include "base/check_outputs.h"
#include "base/option_text.h"
#include "data/corpus_folder.h"
#include "search/search_models.h"

namespace rotor {

void GenerateOptions::describe(Options& options) {
  options
      .positional(
          "model", model,
          "model file that rotor-train or rotor-average wrote; a:b for an ensemble of models, unless there is a "
          "file a:b")
      .by_name()
      .also("--path");
  options.group("Input and output");
  options
      .add("input", input,
           "text to translate, one sentence on each line, or prompts of a language model; .gz is unpacked; - for "
           "standard "
           "input")
      .common();
  options
      .add("output", output,
           "file for the results, in the order of the input; it is called FILE.partial until it is complete; - "
           "for standard output")
      .common();
  options.add("source-lang", source_lang, "language of the text, such as eng_Latn or en, for a model of many languages")
      .also("-s");
  options.add("target-lang", target_lang, "language to translate to, for a model of many languages").also("-t");
  options.add("corpus", corpus, "translate a split of this corpus folder in place of text");
  options.add("gen-subset", gen_subset, "the split of --corpus").only("with --corpus", [this] {
    return !corpus.empty();
  });
  options.add("fairseq-format", fairseq_format,
              "print fairseq's lines: S- source, T- reference, H- score and tokens, D- score and text, P- scores of "
              "the tokens; scores are in base 2");
  options.add("continuation-only", continuation_only,
              "with a language model: print only what follows each prompt, without the prompt");
  options.add("split-sentences", split_sentences,
              "translate the sentences of each line one by one and join their translations, as models expect one "
              "sentence at a time");
  options.add("sentence-language", sentence_language,
              "with --split-sentences: language of the text, whose abbreviations do not end a sentence (de, el, en, "
              "es, fr, it, pt or ru); other languages are split by general rules");
  options.add(
      "score-reference", score_reference,
      "score these translations of the input in place of translating: a line a pair, the sum of log-probabilities "
      "(natural logarithm; </s> counts, a token of the language does not), a tab, the number of tokens");
  options.add("token-scores", token_scores,
              "with --score-reference: add a third column with the log-probability of each token, separated by blanks");
  options.add("prefix-file", prefix_file,
              "file with the beginning of each translation, one on each line; a blank line for none");
  options.add("constraints", constraints,
              "file with phrases that each translation must have, in any order: one line for each sentence, separated "
              "by tabs; they are matched token by token");
  options.add("negative-constraints", negative_constraints,
              "file with phrases that each translation must not have, in the same format");
  options.add(
      "stats", stats,
      "write sentences, tokens, seconds, tokens_per_second, load_seconds, total_seconds and memory_mb to this JSON "
      "file; with --score-reference also perplexity and perplexity_by_position");
  options.add("long-sentences", long_sentences, "treatment of sentences that are longer than the positions",
              {"truncate", "refuse"});
  options.add("max-source-positions", max_source_positions, "greatest number of tokens of a source, </s> counted")
      .at_least(1);
  options.group("Search");
  options.only(
      "without --score-reference", [this] { return score_reference.empty(); },
      [&] { search.describe_decoding(options); });
  search.describe_positions(options);
  options.group("Attention (of the last layer to the source, averaged over heads and models)");
  options.add(
      "print-alignment", print_alignment,
      "print the source token of each token, as i-j from 0, in an additional column; A- lines in fairseq's format");
  options.add(
      "replace-unk", replace_unk,
      "replace each <unk> by the source token that it attends to most, or by that token's text if it is unknown too");
  options.add("unk-dictionary", unk_dictionary,
              "with --replace-unk: file with a source word and its translation on each line");
  options.add("attention-output", attention_output,
              "write the attention of each hypothesis to this safetensors file: NUMBER.RANK [target, source tokens], "
              "both with </s>, and the tokens in the metadata source.NUMBER and target.NUMBER.RANK");
  options.group("Speed and memory");
  options.add("batch-size", batch_size, "largest batch in sentences; 0: no limit, or 64 without --max-tokens")
      .also("--max-sentences")
      .at_least(0)
      .common();
  options
      .add("max-tokens", max_tokens,
           "largest batch in tokens, sentences * longest; 0: no limit, or 4096 without --batch-size")
      .at_least(0);
  options.add("buffer-size", buffer_size, "number of lines read ahead, to batch them by length").at_least(1);
  compute.describe(options);
  options
      .add("workers", workers,
           "number of batches translated at a time, which share the threads; 0: one for each thread if there are "
           "enough batches, else one with all threads")
      .at_least(0)
      .at_most(4096);
}

void GenerateOptions::check() const {
  check_values(*this);
  search.check();
  check_files();
  check_splitting();
  require(!token_scores || !score_reference.empty(), "--token-scores is for --score-reference");
  require(!replace_unk || corpus.empty(), "--replace-unk needs the words of a text, and a corpus has only pieces");
  require(replace_unk || unk_dictionary.empty(), "--unk-dictionary is for --replace-unk");
  require(constraints.empty() || !search.sampling, "expected --constraints or --sampling, not both");
  require(constraints.empty() || search.diverse_beam_groups == 1,
          "expected --constraints or --diverse-beam-groups, not both");
}

void GenerateOptions::check_task(bool continues) const {
  require(continues || !continuation_only, "--continuation-only is for language models, and {} translates", model);
  const std::pair<const char*, bool> with_source[] = {{"--task translation", asks_to_translate},
                                                      {"--corpus", !corpus.empty()},
                                                      {"--score-reference", !score_reference.empty()},
                                                      {"--prefix-file", !prefix_file.empty()},
                                                      {"--split-sentences", split_sentences},
                                                      {"--print-alignment", print_alignment},
                                                      {"--replace-unk", replace_unk},
                                                      {"--attention-output", !attention_output.empty()},
                                                      {"--coverage-penalty", search.coverage_penalty != 0}};
  for (const auto& [option, given] : with_source) {
    require(!continues || !given,
            "{} is for translation, and {} is a language model, which continues prompts: leave it out", option, model);
  }
}

void GenerateOptions::check_splitting() const {
  require(split_sentences || sentence_language.empty(), "--sentence-language is for --split-sentences");
  if (!split_sentences) return;
  require(search.nbest == 1 && !fairseq_format,
          "--split-sentences joins the best translations of a line's sentences: leave out --nbest and "
          "--fairseq-format");
  require(!print_alignment && attention_output.empty(),
          "--split-sentences translates parts of lines: leave out --print-alignment and --attention-output");
  require(corpus.empty() && score_reference.empty() && prefix_file.empty() && constraints.empty() &&
              negative_constraints.empty(),
          "--split-sentences takes plain text, whose lines belong to no others: leave out --corpus, "
          "--score-reference, --prefix-file, --constraints and --negative-constraints");
}

/// Outputs replace neither what is read nor one another.
void GenerateOptions::check_written() const {
  std::vector<std::filesystem::path> read = {
      input,          score_reference,   prefix_file,        constraints, negative_constraints,
      unk_dictionary, compute.shortlist, compute.vocab_limit};
  if (!corpus.empty()) {
    const auto files = files_of_split(corpus, gen_subset);
    read.insert(read.end(), files.begin(), files.end());
  }
  for (const auto& files : {model_paths(model), configs}) read.insert(read.end(), files.begin(), files.end());
  const NamedOutput written[] = {{"--output", output}, {"--stats", stats}, {"--attention-output", attention_output}};
  check_outputs(written, std::move(read));
}

void GenerateOptions::check_files() const {
  check_written();
  require(corpus.empty() || (input == "-" && score_reference.empty()),
          "--corpus takes the place of text: leave out --input and --score-reference");
  require(score_reference.empty() || (!fairseq_format && search.nbest == 1),
          "--score-reference prints scores: leave out --fairseq-format and --nbest");
  require(score_reference.empty() || (!needs_attention() && search.coverage_penalty == 0 &&
                                      compute.vocab_limit.empty() && compute.shortlist.empty()),
          "--score-reference translates nothing: leave out --print-alignment, --replace-unk, --attention-output, "
          "--coverage-penalty, --vocab-limit and --shortlist");
  const std::pair<const char*, const std::string&> beside[] = {
      {"--prefix-file", prefix_file},
      {"--constraints", constraints},
      {"--negative-constraints", negative_constraints},
  };
  int64_t from_standard_input = (input == "-" && corpus.empty()) + (score_reference == "-");
  for (const auto& [name, file] : beside) {
    require(corpus.empty() || file.empty(), "--corpus takes the place of text: leave out {}", name);
    require(score_reference.empty() || file.empty(), "--score-reference translates nothing: leave out {}", name);
    from_standard_input += file == "-";
  }
  require(from_standard_input <= 1,
          "only one of --input, --score-reference, --prefix-file, --constraints and --negative-constraints can be "
          "standard input");
}

BatchLimits GenerateOptions::limits() const {
  return batch_size == 0 && max_tokens == 0 ? BatchLimits{64, 4096} : BatchLimits{batch_size, max_tokens};
}

}  // namespace rotor

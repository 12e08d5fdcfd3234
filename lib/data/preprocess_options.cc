#include "data/preprocess_options.h"

#include <algorithm>
#include <sstream>

#include "base/json.h"
#include "text/user_symbols.h"

namespace rotor {

namespace {

constexpr const char* kText = "Text";
constexpr const char* kTables = "Tables";
constexpr const char* kCleaning = "Cleaning of the training text";
constexpr const char* kVocabulary = "Vocabulary";

std::vector<std::string> task_names() {
  std::vector<std::string> names;
  for (const CorpusTask& task : corpus_tasks()) names.push_back(task.name);
  return names;
}

std::vector<std::string> model_types() {
  std::vector<std::string> types = trained_model_types();
  types.emplace_back(PreprocessOptions::kByteModel);
  types.emplace_back(PreprocessOptions::kWordPieceModel);
  return types;
}

}  // namespace

void PreprocessOptions::describe(Options& options) {
  options.group(kText);
  describe_text(options);
  options.group(kTables);
  describe_tables(options);
  options.group(kCleaning);
  options.only(
      "for text, not tables", [this] { return !has_tables(); },
      [&] {
        options.only(
            "with --trainpref", [this] { return !trainpref.empty(); }, [&] { describe_cleaning(options); });
      });
  options.group(kVocabulary);
  describe_vocabulary(options);
  options.group("Output");
  options.add("destdir", destdir, "folder to write; it is created if it does not exist").common();
  options.add("workers", workers, "threads that read, clean and encode; 0: OMP_NUM_THREADS, else every core")
      .at_least(0)
      .at_most(4096)
      .common();
}

void PreprocessOptions::describe_text(Options& options) {
  options
      .add("task", task,
           "what the corpus is for: translation, of parallel text; language_modeling and masked_lm, of one text, in "
           "which a blank line ends a document; sentence_prediction and sentence_ranking, of tables",
           task_names())
      .common();
  options
      .add("source-lang", source_lang,
           "source language: the suffix of its files; of a language model, if it is to be recorded")
      .also("-s")
      .common();
  options.add("target-lang", target_lang, "target language: the suffix of its files").also("-t").common();
  options.add("add-language-tags", add_language_tags,
              "begin each source line with >>TARGET-LANG<<, one token, so that corpora of several target languages can "
              "train "
              "one model; text to be translated begins with it too");
  options
      .add("trainpref", trainpref,
           "prefix of the training text: PREFIX.en and PREFIX.de, plain or with .gz, .xz or .zst; several prefixes, "
           "separated by commas, are read as one text. Of a language model and of tables these are names of files")
      .common();
  options.add("validpref", validpref, "prefix of the validation text; several prefixes give valid, valid1 …").common();
  options
      .add("testpref", testpref,
           "prefix of the test text; several prefixes give test, test1 …; pairs with a blank side are dropped here too")
      .common();
}

void PreprocessOptions::describe_tables(Options& options) {
  const char* when = "for tables, which --task sentence_prediction and sentence_ranking read";
  options.only(
      when, [this] { return has_tables(); }, [&] { tables.describe(options); });
  options
      .add("context-column", context_column,
           "column of the text for which those of --text-columns, the candidates, are ranked")
      .only("with --task sentence_ranking", [this] { return task == kSentenceRanking; })
      .common();
  options.add("regression-target", regression_target, "labels are numbers to be predicted, not classes")
      .only("with --task sentence_prediction", [this] { return task == kSentencePrediction; })
      .common();
  options
      .add("labels", labels,
           "take the classes and their order from this corpus folder or model, not from the training rows; without "
           "--trainpref those of --destdir are taken")
      .only("for tables whose labels are classes", [this] { return has_classes(); });
}

void PreprocessOptions::describe_vocabulary(Options& options) {
  options.add("joined-dictionary", joined_dictionary, "one vocabulary for both languages").common();
  options
      .add("model-type", model_type,
           "vocabulary to make: bpe or unigram, pieces of words by SentencePiece; char, the text's characters; word, "
           "its "
           "words as blanks part them; byte, the 256 bytes, without training; wordpiece, BERT's, is not trained but "
           "given "
           "as --vocabulary",
           model_types())
      .common()
      .only("where no vocabulary is given", [this] { return !models_given() || model_type == kWordPieceModel; });
  options.only(
      "where a vocabulary is trained", [this] { return trains_vocabulary(); }, [&] { describe_training(options); });
  options
      .add("srcdict", srcdict,
           "use this vocabulary for the source (with --joined-dictionary, for both), or for the text of a language "
           "model: a SentencePiece model, BERT's vocab.txt, or the vocabulary.model of another corpus")
      .also("--vocabulary")
      .common();
  options.add("tgtdict", tgtdict, "use this vocabulary for the target");
  options
      .add("do-lower-case", do_lower_case,
           "whether a vocab.txt of BERT is of text in lower case without accents; auto: as the tokenizer_config.json "
           "or tokenizer.json beside it says, else unless its tokens have capital letters",
           {"auto", "true", "false"})
      .only("for a given vocab.txt of BERT", [this] { return !srcdict.empty() || !tgtdict.empty(); });
}

void PreprocessOptions::describe_cleaning(Options& options) {
  options
      .add("train-max-length", train_max_length,
           "drop pairs with more tokens on a side, or lines with more; 0 keeps all")
      .at_least(0);
  options
      .add("train-max-ratio", train_max_ratio,
           "drop pairs if one side has more than this many times the tokens of the other; 0 keeps all")
      .at_least(0);
  options.add("train-drop-identical", train_drop_identical, "drop pairs with the same text on both sides");
  options.add("train-drop-duplicates", train_drop_duplicates,
              "drop pairs, or lines of a language model, that occurred before");
  options
      .add("train-min-script", train_min_script,
           "drop pairs or lines of which a side has a smaller share of its letters in the script of its language, from "
           "0 to "
           "1")
      .at_least(0)
      .at_most(1);
}

void PreprocessOptions::describe_training(Options& options) {
  options
      .add("vocab-size", vocab_size,
           "size of a vocabulary in pieces, special tokens included; with --model-type char or word, the largest size")
      .at_least(1)
      .common();
  options.add("nwordssrc", nwordssrc, "size of the source vocabulary in pieces; 0 takes --vocab-size")
      .at_least(0)
      .only("without --srcdict", [this] { return srcdict.empty(); });
  options.add("nwordstgt", nwordstgt, "size of the target vocabulary in pieces; 0 takes --vocab-size")
      .at_least(0)
      .only("without --tgtdict", [this] { return tgtdict.empty(); });
  options.add("byte-fallback", byte_fallback, "spell characters that the vocabulary lacks as bytes instead of <unk>")
      .common();
  options
      .add("character-coverage", character_coverage,
           "share of the text's characters that the vocabulary covers, from 0.98 to 1, without the rarest; 0: 1, or "
           "0.9995 with --byte-fallback, which spells the others")
      .at_least(0)
      .at_most(1);
  options.add("normalization", normalization, "SentencePiece's rule that normalises the text first; _cf folds case",
              normalization_rules());
  options.add(
      "user-defined-symbols", user_defined_symbols,
      "symbols that are never split, separated by commas: <sep>,<url>; write a symbol with a comma in quotation marks");
  options.add("vocab-lines", vocab_lines, "train the vocabulary on this many lines, drawn evenly; 0 takes all")
      .at_least(0);
}

std::vector<RequestedSplit> PreprocessOptions::splits() const {
  std::vector<RequestedSplit> splits;
  const auto add = [&](const std::string& name, const std::string& prefixes, bool as_one) {
    std::istringstream list(prefixes);
    int64_t number = 0;
    for (std::string prefix; std::getline(list, prefix, ','); ++number) {
      if (number == 0 || !as_one) splits.push_back({number == 0 ? name : name + std::to_string(number), {}});
      splits.back().prefixes.push_back(prefix);
    }
  };
  add(kTrainSplit, trainpref, /*as_one=*/true);
  add("valid", validpref, /*as_one=*/false);
  add("test", testpref, /*as_one=*/false);
  return splits;
}

std::string PreprocessOptions::source_tag() const {
  return has_pairs() && add_language_tags ? ">>" + target_lang + "<<" : "";
}

std::string PreprocessOptions::symbols() const {
  std::vector<std::string> all = parse_user_symbols(user_defined_symbols, byte_fallback);
  const std::string tag = source_tag();
  if (!tag.empty() && std::find(all.begin(), all.end(), tag) == all.end()) all.push_back(tag);
  return list_user_symbols(all);
}

VocabularyTraining PreprocessOptions::vocabulary_training() const {
  return {.model_type = model_type,
          .size = vocab_size,
          .byte_fallback = byte_fallback,
          .character_coverage = coverage(),
          .normalization = normalization,
          .user_defined_symbols = symbols(),
          .mask = task == kMaskedLm || has_tables(),
          .lines = vocab_lines};
}

TableOptions PreprocessOptions::table_columns() const {
  TableOptions columns = tables;
  if (task == kSentenceRanking && !tables.text_columns.empty()) {
    columns.text_columns = context_column + "," + tables.text_columns;
  }
  return columns;
}

nlohmann::ordered_json PreprocessOptions::record() const {
  PreprocessOptions copy = *this;
  copy.character_coverage = coverage();
  Options options;
  copy.describe(options);
  return options.to_json({kText, has_tables() ? kTables : kCleaning, kVocabulary});
}

}  // namespace rotor

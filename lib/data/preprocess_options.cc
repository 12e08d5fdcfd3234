#include "data/preprocess_options.h"

#include <sstream>

#include "base/json.h"
#include "base/option_text.h"
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

void PreprocessOptions::check() const {
  check_values(*this);
  if (has_pairs()) {
    check_pairs();
  } else {
    check_single_text();
  }
  if (has_tables()) check_tables();
  require(!trainpref.empty() || !validpref.empty() || !testpref.empty(),
          "expected text: give --trainpref, --validpref or --testpref");
  check_vocabulary();
}

void PreprocessOptions::check_pairs() const {
  require(!source_lang.empty() && !target_lang.empty(),
          "expected --source-lang and --target-lang, for example --source-lang en --target-lang de; or --task "
          "language_modeling for text of one language");
  require(source_lang != target_lang, "expected two languages, got {} as --source-lang and --target-lang", source_lang);
  require(!joined_dictionary || tgtdict.empty(),
          "expected one model for both languages with --joined-dictionary: give it as --srcdict, without --tgtdict");
  require(!joined_dictionary || (nwordssrc == 0 && nwordstgt == 0),
          "expected --vocab-size with --joined-dictionary, got --nwordssrc or --nwordstgt");
  require(train_max_ratio == 0 || train_max_ratio >= 1, "--train-max-ratio expects 0 or a number of 1 or more, got {}",
          train_max_ratio);
}

void PreprocessOptions::check_single_text() const {
  require(target_lang.empty(),
          "expected text of one language with --task {}, got --target-lang {}; leave it out, or "
          "take --task {}",
          task, target_lang, kTranslation);
  require(
      !joined_dictionary && tgtdict.empty() && nwordssrc == 0 && nwordstgt == 0,
      "expected one vocabulary with --task {}, got --joined-dictionary, --tgtdict, --nwordssrc or --nwordstgt; give "
      "--vocab-size, or a vocabulary as --vocabulary",
      task);
  if (has_tables()) return;
  require(!train_drop_identical && train_max_ratio == 0,
          "expected one text with --task {}, got --train-drop-identical or --train-max-ratio, which compare the two "
          "sides of pairs; leave them out",
          task);
  require(train_min_script == 0 || !source_lang.empty(),
          "expected --source-lang with --train-min-script, to know in which script the text is written");
}

void PreprocessOptions::check_tables() const {
  if (task == kSentenceRanking) {
    require(!context_column.empty() && context_column.find(',') == std::string::npos,
            "expected one column as --context-column with --task {}: that of the text for which candidates are ranked, "
            "got '{}'",
            task, context_column);
  }
  table_columns().check();
  const auto texts = std::ssize(tables.text_column_list());
  if (task == kSentenceRanking) {
    require(texts >= 2, "expected the columns of two candidates or more as --text-columns, such as B,C, got {}",
            tables.text_columns);
    return;
  }
  const int64_t most = corpus_task(task).most_columns;
  require(texts <= most,
          "expected one or two columns as --text-columns with --task {}, got {}; rows of more texts are "
          "for --task {}",
          task, texts, kSentenceRanking);
  require(trainpref.empty() || !tables.label_column.empty(),
          "expected --label-column with --trainpref: a training needs labels");
  require(!regression_target || !tables.label_column.empty(),
          "expected --label-column with --regression-target: the column of the numbers to be predicted");
}

void PreprocessOptions::check_vocabulary() const {
  require(model_type != kWordPieceModel || models_given(),
          "expected BERT's vocab.txt as --vocabulary with --model-type wordpiece, which Rotor does not train; take "
          "--model-type bpe for pieces that it does");
  require(
      !trainpref.empty() || !trains_vocabulary(), "expected --trainpref to train a vocabulary on, or {}",
      has_pairs() ? "models: --srcdict and --tgtdict, or --srcdict and --joined-dictionary" : "one as --vocabulary");
  const bool plain =
      !byte_fallback && character_coverage == 0 && normalization == "nmt_nfkc" && user_defined_symbols.empty();
  require(plain || !models_given(),
          "--byte-fallback, --character-coverage, --normalization and --user-defined-symbols are for training a "
          "vocabulary, and --srcdict gives one that is trained");
  require(character_coverage == 0 || (character_coverage >= kLeastCoverage && character_coverage <= 1),
          "expected --character-coverage from {} to 1, or 0 for the default, got {}", kLeastCoverage,
          character_coverage);
  parse_user_symbols(user_defined_symbols, byte_fallback);
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

VocabularyTraining PreprocessOptions::vocabulary_training() const {
  return {.model_type = model_type,
          .size = vocab_size,
          .byte_fallback = byte_fallback,
          .character_coverage = coverage(),
          .normalization = normalization,
          .user_defined_symbols = user_defined_symbols,
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

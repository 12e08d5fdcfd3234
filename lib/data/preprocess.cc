#include "data/preprocess.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "base/option_text.h"
#include "base/signals.h"
#include "base/threads.h"
#include "data/binarise.h"
#include "data/cleaning.h"
#include "data/corpus_folder.h"
#include "data/corpus_writer.h"
#include "data/destination_folder.h"
#include "data/given_vocabulary.h"
#include "data/language_marks.h"
#include "data/manifest.h"
#include "data/preprocess_tables.h"
#include "text/byte_vocabulary.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// The files of a prefix, one for each column of the task: PREFIX.LANGUAGE, or the prefix alone.
ParallelFiles find_files(const PreprocessOptions& options, const std::string& prefix) {
  if (!options.has_pairs()) return {find_text(prefix)};
  return {find_text(prefix + "." + options.source_lang), find_text(prefix + "." + options.target_lang)};
}

std::vector<SplitRecord> find_splits(const PreprocessOptions& options) {
  std::vector<SplitRecord> splits;
  for (const auto& [name, prefixes] : options.splits()) {
    splits.push_back({name, {}, {}, {}});
    for (const std::string& prefix : prefixes) splits.back().files.push_back(find_files(options, prefix));
  }
  return splits;
}

/// Vocabularies that were given instead of being made.
struct GivenVocabularies {
  std::optional<Vocabulary> source, target;

  explicit GivenVocabularies(const PreprocessOptions& options) {
    const auto read = [&](const std::string& path, VocabularySide side) {
      return read_given_vocabulary(path, side, options.lower_case());
    };
    if (!options.srcdict.empty()) source = read(options.srcdict, VocabularySide::kSource);
    if (source && options.joined_dictionary) {
      require(
          read(options.srcdict, VocabularySide::kTarget).sha256() == source->sha256(),
          "expected one vocabulary of both languages for --joined-dictionary, got {}, which has one of each; give it "
          "as --tgtdict too, and leave --joined-dictionary out",
          options.srcdict);
    }
    if (!options.tgtdict.empty()) target = read(options.tgtdict, VocabularySide::kTarget);
  }
};

/// Refuses, as an Error, a vocabulary that cuts a tag into pieces. SentencePiece puts a blank before it.
void check_tag(const std::string& tag, const Vocabulary& vocabulary) {
  if (tag.empty()) return;
  const std::vector<int32_t> ids = vocabulary.encode(tag);
  const bool whole = ids.size() <= 2 && std::find(ids.begin(), ids.end(), vocabulary.specials().unk) == ids.end();
  ROTOR_CHECK(whole,
              "expected a source vocabulary that has {0} whole, for --add-language-tags, got one that cuts it into {1} "
              "pieces; train it with --user-defined-symbols '{0}', and the tags of the other languages",
              tag, ids.size());
}

/// The work on all splits of a corpus.
class Preprocessing {
 public:
  explicit Preprocessing(const PreprocessOptions& options)
      : options_(options),
        task_(corpus_task(options.task)),
        workers_(options.workers > 0 ? options.workers : default_threads()),
        splits_(find_splits(options)) {}

  void run();

 private:
  ParallelReader reader(const SplitRecord& split) const { return ParallelReader(split.files, content_); }
  ParallelReader tagged_reader(const SplitRecord& split) const {
    return ParallelReader(split.files, content_, options_.source_tag());
  }
  CleaningRules cleaning_rules(const SplitRecord& split) const;
  LengthRules length_rules(const SplitRecord& split) const;
  void check_some_left(const SplitRecord& split, const FaultCounts& counts, int64_t left) const;
  void survey_all();
  Vocabulary train(const std::vector<size_t>& columns, int64_t size) const;
  Vocabularies make_vocabularies(const GivenVocabularies& given) const;
  LanguageMarks marks_of(const Vocabularies& vocabularies) const;
  void log_vocabularies(const Vocabularies& vocabularies) const;
  void binarise_split(SplitRecord& split, const Vocabularies& vocabularies) const;
  void log_split(const SplitRecord& split) const;

  const PreprocessOptions& options_;
  const CorpusTask& task_;
  int64_t workers_;
  std::vector<SplitRecord> splits_;
  LineContent content_ = LineContent::kText;
  LanguageMarks marks_;
};

CleaningRules Preprocessing::cleaning_rules(const SplitRecord& split) const {
  CleaningRules rules{.keep_blank = task_.documents};
  if (split.name != kTrainSplit) return rules;
  rules.identical = options_.train_drop_identical;
  rules.duplicates = options_.train_drop_duplicates;
  rules.min_script = options_.train_min_script;
  if (rules.min_script == 0) return rules;
  rules.scripts = {Scripts(options_.source_lang)};
  if (options_.has_pairs()) rules.scripts.emplace_back(options_.target_lang);
  return rules;
}

LengthRules Preprocessing::length_rules(const SplitRecord& split) const {
  LengthRules rules{.keep_blank = task_.documents};
  if (split.name != kTrainSplit) return rules;
  rules.max_length = options_.train_max_length;
  rules.max_ratio = options_.train_max_ratio;
  return rules;
}

void Preprocessing::check_some_left(const SplitRecord& split, const FaultCounts& counts, int64_t left) const {
  const std::string files = names_of(split.files[0]);
  ROTOR_CHECK(left > 0 || counts.dropped() > 0, "expected text in {}, got blank lines only", files);
  ROTOR_CHECK(left > 0, "expected {} to keep in {}, got only some to drop: {}", task_.rows, files, counts.text());
}

void Preprocessing::survey_all() {
  std::vector<std::string> with_carriage_returns;
  for (SplitRecord& split : splits_) {
    split.survey = survey(reader(split), cleaning_rules(split), workers_);
    const std::vector<std::string>& found = split.survey.with_carriage_returns;
    with_carriage_returns.insert(with_carriage_returns.end(), found.begin(), found.end());
    check_some_left(split, split.survey.faults, split.survey.faults.of(Fault::kNone) - split.survey.blank);
  }
  if (!with_carriage_returns.empty()) {
    log::warn("stripped the carriage returns of CR LF line ends in {}", fmt::join(with_carriage_returns, ", "));
  }
}

/// Trains a vocabulary on some columns of the training text, each with its files in the order of the split.
Vocabulary Preprocessing::train(const std::vector<size_t>& columns, int64_t size) const {
  const SplitRecord& split = splits_.front();
  std::vector<fs::path> files;
  for (const size_t column : columns) {
    for (const ParallelFiles& group : split.files) files.push_back(group[column]);
  }
  std::vector<int64_t> begin = {0};  // where the lines of each group of files begin
  for (const int64_t lines : split.survey.lines) begin.push_back(begin.back() + lines);
  const int64_t wanted_rows = split.survey.faults.of(Fault::kNone) - split.survey.blank;
  VocabularyTraining training = options_.vocabulary_training();
  if (size > 0) training.size = size;
  training.wanted = [&](size_t file, int64_t line) {
    return split.survey.kept[begin[file % split.files.size()] + line];
  };
  training.wanted_lines = std::ssize(columns) * wanted_rows;
  return Vocabulary::from_bytes(train_vocabulary(files, training));
}

Vocabularies Preprocessing::make_vocabularies(const GivenVocabularies& given) const {
  const auto make = [&](const std::optional<Vocabulary>& found, const std::vector<size_t>& columns, int64_t size) {
    if (found) return *found;
    const bool bytes = options_.model_type == PreprocessOptions::kByteModel;
    return bytes ? Vocabulary::from_bytes(serialized_bytes()) : train(columns, size);
  };
  if (!options_.has_pairs() || options_.joined_dictionary) {
    std::vector<size_t> all(task_.columns.size());
    std::iota(all.begin(), all.end(), 0);
    const Vocabulary vocabulary = make(given.source, all, 0);
    return {vocabulary, vocabulary};
  }
  return {make(given.source, {0}, options_.nwordssrc), make(given.target, {1}, options_.nwordstgt)};
}

/// The tokens of both languages, which a vocabulary of many, such as NLLB's, has.
LanguageMarks Preprocessing::marks_of(const Vocabularies& vocabularies) const {
  if (!options_.has_pairs() || vocabularies.source.languages().empty()) return {};
  const LanguageMarks marks =
      language_marks(options_.source_lang, options_.target_lang, vocabularies, options_.srcdict);
  require(!marks.source_last,
          "{} has the source's language after </s>, where a corpus has nothing; to train the model with the language "
          "before the text, convert it again without legacy_behaviour in tokenizer_config.json",
          options_.srcdict);
  return marks;
}

void Preprocessing::log_vocabularies(const Vocabularies& vocabularies) const {
  const auto& [source, target] = vocabularies;
  if (vocabularies.joined()) {
    log::info("vocabulary: {} pieces{}{}", source.size(), note_of_wordpiece(source),
              task_.columns.size() > 1 ? ", joined" : "");
  } else {
    log::info("vocabularies: {} source{} and {} target{} pieces", source.size(), note_of_wordpiece(source),
              target.size(), note_of_wordpiece(target));
  }
}

void Preprocessing::binarise_split(SplitRecord& split, const Vocabularies& vocabularies) const {
  std::vector<ColumnInfo> columns;
  std::vector<Encoder> encoders;
  for (const std::string& column : task_.columns) {
    const bool target = column == "target";
    encoders.push_back({vocabularies.of(column), target ? marks_.target : marks_.source});
    columns.push_back(
        describe_column(column, target ? options_.target_lang : options_.source_lang, encoders.back().vocabulary));
  }
  CorpusWriter writer(split_path(options_.destdir, split.name), task_, columns,
                      /*keep_text=*/split.name != kTrainSplit);
  split.binarised = binarise(tagged_reader(split), split.survey.kept, length_rules(split), task_.documents, encoders,
                             writer, workers_);
  FaultCounts faults = split.survey.faults;
  faults += split.binarised.faults;
  check_some_left(split, faults, split.binarised.rows - split.binarised.empty_rows);
  writer.finish();
}

void Preprocessing::log_split(const SplitRecord& split) const {
  FaultCounts faults = split.survey.faults;
  faults += split.binarised.faults;
  const int64_t dropped = faults.dropped();
  log::info("{}: {} {}, {} dropped{}", split.name, split.binarised.rows, task_.rows, dropped,
            dropped > 0 ? " (" + faults.text() + ")" : "");
  for (size_t i = 0; i < task_.columns.size(); ++i) {
    log::info("  {}{}: {}", split.files[0][i].string(), split.files.size() > 1 ? " …" : "",
              split.binarised.columns[i].text());
  }
  if (!task_.documents) return;
  const Corpus corpus(split_path(options_.destdir, split.name));
  const TextSize size = corpus.columns().front().text_size().value();
  log::info("  {} documents, {} characters, {} bytes, with a line feed a line", corpus.document_ends().size(),
            size.characters, size.bytes);
}

void Preprocessing::run() {
  const DestinationFolder destination(options_.destdir);
  check_manifest(options_.destdir, {options_.srcdict, options_.tgtdict});
  const GivenVocabularies given(options_);
  // Bytes are taken as they are, so that each byte of a text is one token.
  const bool bytes = given.source ? given.source->is_lossless() : options_.model_type == PreprocessOptions::kByteModel;
  if (task_.documents && bytes) content_ = LineContent::kBytes;
  survey_all();
  const Vocabularies vocabularies = make_vocabularies(given);
  check_tag(options_.source_tag(), vocabularies.source);
  marks_ = marks_of(vocabularies);
  catch_signals();  // from here on there are temporary files to remove
  std::vector<std::string> names;
  for (const SplitRecord& split : splits_) names.push_back(split.name);
  Manifest manifest(options_.destdir, task_, vocabularies, options_.record(), names);
  write_vocabularies(options_.destdir, vocabularies);
  log_vocabularies(vocabularies);
  for (SplitRecord& split : splits_) {
    binarise_split(split, vocabularies);
    log_split(split);
    manifest.add(split);
  }
  manifest.write();
}

}  // namespace

void preprocess(const PreprocessOptions& options) {
  options.check();
  options.has_tables() ? preprocess_tables(options) : Preprocessing(options).run();
}

}  // namespace rotor

#include "data/preprocess_tables.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <optional>

#include "base/check.h"
#include "base/excerpt.h"
#include "base/in_order.h"
#include "base/log.h"
#include "base/option_text.h"
#include "base/progress.h"
#include "base/signals.h"
#include "base/threads.h"
#include "data/corpus_folder.h"
#include "data/corpus_writer.h"
#include "data/destination_folder.h"
#include "data/given_labels.h"
#include "data/given_vocabulary.h"
#include "data/manifest.h"
#include "data/row_labels.h"
#include "data/table_reader.h"
#include "text/byte_vocabulary.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// A split on its way to the disk.
struct TableSplit {
  TableSplitRecord record;
  TableOptions options;  ///< without a column of labels if the files have none

  TableReader reader() const { return TableReader(record.files, options); }
  bool is_training() const { return record.name == kTrainSplit; }
  bool has_label_column() const { return !options.label_column.empty(); }
  int64_t rows() const { return std::accumulate(record.rows.begin(), record.rows.end(), int64_t{0}); }
};

/// Rows on their way through the threads.
struct Block {
  struct Row {
    LabelledRow row;
    std::string place;
    std::vector<std::vector<int32_t>> ids;
  };
  int64_t size = 0;
  std::vector<Row> rows = std::vector<Row>(256);
};

TableSplit find_split(const PreprocessOptions& options, const RequestedSplit& requested) {
  TableSplit split{{.name = requested.name, .files = {}, .rows = {}}, options.table_columns()};
  for (const std::string& prefix : requested.prefixes) split.record.files.push_back(find_text(prefix));
  const fs::path& file = split.record.files.front();
  std::string& column = split.options.label_column;
  if (!requested.name.starts_with("test") || column.empty() ||
      has_column(file, split.options.format_of(file), column, !split.options.no_header)) {
    return split;
  }
  log::info("{} has no column '{}': the rows of {} have no labels", file.string(), column, requested.name);
  column.clear();
  return split;
}

/// Warns of classes that look like numbers to be predicted: 3.8, 4.25 …
void warn_of_numbers(const std::set<std::string>& labels) {
  double number = 0;
  int64_t integer = 0;
  const bool numbers =
      std::all_of(labels.begin(), labels.end(), [&](const std::string& label) { return read_value({label}, number); });
  const auto broken = std::find_if(labels.begin(), labels.end(),
                                   [&](const std::string& label) { return !read_value({label}, integer); });
  if (!numbers || broken == labels.end()) return;
  log::warn(
      "the {} labels are taken for classes, but are numbers such as {}; to predict numbers give "
      "--regression-target",
      labels.size(), excerpt(*broken));
}

class TablePreprocessing {
 public:
  explicit TablePreprocessing(const PreprocessOptions& options)
      : options_(options),
        task_(corpus_task(options.task)),
        workers_(options.workers > 0 ? options.workers : default_threads()),
        columns_(options.table_columns().text_column_list()) {
    for (const RequestedSplit& split : options.splits()) splits_.push_back(find_split(options, split));
  }

  void run();

 private:
  std::optional<RowLabels> labels() const;
  LabelSet training_labels() const;
  void survey(TableSplit& split) const;
  Vocabulary make_vocabulary(const std::optional<Vocabulary>& given) const;
  void binarise(TableSplit& split, const Vocabulary& vocabulary) const;
  void log_split(const TableSplit& split, const LabelTally& tally) const;
  TableContents contents() const;
  /// Whether rows without a column of labels have their first candidate right.
  bool first_is_right() const { return options_.task == kSentenceRanking && options_.tables.label_column.empty(); }

  const PreprocessOptions& options_;
  const CorpusTask& task_;
  int64_t workers_;
  std::vector<std::string> columns_;  ///< of texts, as they were given
  std::vector<TableSplit> splits_;
  std::optional<RowLabels> labels_;  ///< none where no split has labels
};

/// The labels of the training rows, all different ones.
LabelSet TablePreprocessing::training_labels() const {
  constexpr size_t kMost = 10'000;
  std::set<std::string> labels;
  TableReader reader = splits_.front().reader();
  for (LabelledRow row; reader.next(row);) {
    labels.insert(row.label);
    ROTOR_CHECK(labels.size() <= kMost,
                "{}: expected at most {} different labels in column '{}', got more, such as '{}'; name the column of "
                "labels, or give --regression-target to predict numbers",
                reader.place(), kMost, options_.tables.label_column, excerpt(row.label));
  }
  warn_of_numbers(labels);
  return LabelSet(labels);
}

std::optional<RowLabels> TablePreprocessing::labels() const {
  if (options_.task == kSentenceRanking) return RowLabels::of_candidates(options_.tables.text_column_list());
  if (options_.regression_target) return RowLabels::of_numbers();
  if (!options_.has_classes()) return std::nullopt;
  if (!options_.labels.empty()) return RowLabels::of_classes(read_given_labels(options_.labels));
  if (splits_.front().is_training()) return RowLabels::of_classes(training_labels());
  if (std::none_of(splits_.begin(), splits_.end(), [](const TableSplit& s) { return s.has_label_column(); })) {
    return std::nullopt;
  }
  const auto found = labels_in_folder(options_.destdir);
  require(found.has_value(),
          "expected --trainpref, whose labels are the classes, or --labels with a corpus folder or a model that has "
          "classes, as {} has none",
          options_.destdir);
  return RowLabels::of_classes(*found);
}

/// The first reading: counts rows, and refuses labels that are none.
void TablePreprocessing::survey(TableSplit& split) const {
  TableReader reader = split.reader();
  Progress progress(0);
  int64_t rows = 0;
  for (LabelledRow row; reader.next(row); ++rows) {
    if (split.has_label_column()) labels_->number(row.label, reader.place());
    progress.update(rows, fmt::format("{} rows read", rows));
  }
  split.record.rows = reader.rows();
  split.record.skipped = reader.skipped();
  if (reader.skipped() > 0) {
    log::warn("left out malformed rows of {}: {}, the first as {}", split.record.name, reader.skipped(),
              reader.first_skipped());
  }
}

Vocabulary TablePreprocessing::make_vocabulary(const std::optional<Vocabulary>& given) const {
  if (given) return *given;
  if (!options_.trains_vocabulary()) return Vocabulary::from_bytes(serialized_bytes());
  const TableSplit& split = splits_.front();
  /// The texts of the rows, one after the other.
  struct Texts {
    TableReader reader;
    LabelledRow row = {};
    size_t next = 0;
  };
  const TextReader text = [&] {
    const auto texts = std::make_shared<Texts>(Texts{split.reader()});
    return [texts](std::string& line) {
      if (texts->next == texts->row.texts.size()) {
        if (!texts->reader.next(texts->row)) return false;
        texts->next = 0;
      }
      line = texts->row.texts[texts->next++];
      return true;
    };
  };
  VocabularyTraining training = options_.vocabulary_training();
  training.wanted_lines = split.rows() * std::ssize(columns_);
  return Vocabulary::from_bytes(train_vocabulary(text, split.record.files.front().string(), training));
}

/// The second reading: encodes the rows and writes them.
void TablePreprocessing::binarise(TableSplit& split, const Vocabulary& vocabulary) const {
  std::vector<ColumnInfo> infos;
  for (const std::string& name : task_.column_names(std::ssize(columns_))) {
    infos.push_back(describe_column(name, options_.source_lang, vocabulary));
  }
  std::deque<ColumnTally> columns;
  for (size_t i = 0; i < columns_.size(); ++i) columns.emplace_back(vocabulary);
  const bool labelled = split.has_label_column() || first_is_right();
  LabelTally tally(labels_ ? labels_->names() : std::vector<std::string>());
  CorpusWriter writer(split_path(options_.destdir, split.record.name), task_, infos, !split.is_training());
  if (labelled) writer.name_classes(labels_->classes());
  TableReader reader = split.reader();
  Progress progress(split.rows());
  int64_t rows = 0;
  const auto read = [&](Block& block) {
    if (const int number = signal_received()) throw Interrupted(number);
    block.size = 0;
    while (block.size < std::ssize(block.rows) && reader.next(block.rows[block.size].row)) {
      block.rows[block.size++].place = reader.place();
    }
    rows += block.size;
    progress.update(rows, fmt::format("{} rows encoded", rows));
    return block.size > 0;
  };
  const auto encode = [&](Block& block) {
    for (int64_t i = 0; i < block.size; ++i) {
      auto& [row, place, ids] = block.rows[i];
      ids.clear();
      for (const std::string& text : row.texts) ids.push_back(vocabulary.encode(text, place));
    }
  };
  const auto write = [&](Block& block) {
    for (int64_t i = 0; i < block.size; ++i) {
      const auto& [row, place, ids] = block.rows[i];
      writer.add(ids, row.texts);
      for (size_t j = 0; j < ids.size(); ++j) columns[j].add(row.texts[j], ids[j]);
      if (!labelled) continue;
      const float label = first_is_right() ? 0 : labels_->number(row.label, place);
      writer.label(label);
      tally.add(label);
    }
  };
  InOrder<Block>(read, encode, write).run(workers_);
  ROTOR_CHECK(reader.rows() == split.record.rows,
              "expected tables of {} rows as before, got {}; leave {} alone meanwhile", split.rows(), rows,
              names_of(split.record.files));
  writer.finish();
  for (ColumnTally& column : columns) split.record.columns.push_back(column.finish());
  split.record.labels = tally.record();
  log_split(split, tally);
}

void TablePreprocessing::log_split(const TableSplit& split, const LabelTally& tally) const {
  log::info("{}: {} rows, {} skipped", split.record.name, split.rows(), split.record.skipped);
  for (size_t i = 0; i < columns_.size(); ++i) log::info("  {}: {}", columns_[i], split.record.columns[i].text());
  log::info("  labels: {}", tally.text());
}

TableContents TablePreprocessing::contents() const {
  TableContents contents{.texts = std::ssize(columns_)};
  if (!labels_) return contents;
  const std::string classes = labels_->classes();
  if (!classes.empty()) {
    contents.labels = labels_->names();
  } else {
    contents.labels = labels_->names().empty() ? "numbers" : "candidates";
  }
  return contents;
}

void TablePreprocessing::run() {
  const DestinationFolder destination(options_.destdir);
  check_manifest(options_.destdir, {options_.srcdict});
  std::optional<Vocabulary> given;
  if (!options_.srcdict.empty()) {
    given = read_given_vocabulary(options_.srcdict, VocabularySide::kSource, options_.lower_case());
  }
  labels_ = labels();
  for (TableSplit& split : splits_) survey(split);
  const Vocabulary vocabulary = make_vocabulary(given);
  const Vocabularies vocabularies{vocabulary, vocabulary};
  catch_signals();  // from here on there are temporary files to remove
  std::vector<std::string> names;
  for (const TableSplit& split : splits_) names.push_back(split.record.name);
  Manifest manifest(options_.destdir, task_, vocabularies, options_.record(), names, contents());
  write_vocabularies(options_.destdir, vocabularies);
  log::info("vocabulary: {} pieces{}", vocabulary.size(), note_of_wordpiece(vocabulary));
  for (TableSplit& split : splits_) {
    binarise(split, vocabulary);
    manifest.add(split.record);
  }
  manifest.write();
}

}  // namespace

void preprocess_tables(const PreprocessOptions& options) {
  TablePreprocessing(options).run();
}

}  // namespace rotor

#include "data/corpus_writer.h"

#include <algorithm>
#include <optional>
#include <span>

#include "base/check.h"
#include "base/temporary_file.h"
#include "format/safetensors_writer.h"

namespace rotor {

namespace {

/// Sequences end to end and their offsets, each in a file beside the corpus.
class Sequences {
 public:
  explicit Sequences(const std::string& path) : elements_(path + ".tmp"), offsets_(path + "_offsets.tmp") {
    append_offset();
  }

  void add(const void* data, size_t size, size_t element_bytes) {
    elements_.append(data, size * element_bytes);
    total_ += size;
    append_offset();
  }

  void finish(SafeTensorsWriter& writer, const std::string& name, DataType type) {
    writer.add(name, type, {static_cast<int64_t>(total_)}, elements_.map());
    writer.add(name + "_offsets", DataType::kU64, {entries_}, offsets_.map());
  }

 private:
  void append_offset() {
    offsets_.append(&total_, sizeof total_);
    ++entries_;
  }

  TemporaryFile elements_, offsets_;
  uint64_t total_ = 0;
  int64_t entries_ = 0;  ///< of offsets_: sequences and one
};

}  // namespace

/// A column on its way to the disk.
class CorpusWriter::ColumnSpool {
 public:
  ColumnSpool(const std::filesystem::path& path, const ColumnInfo& info, bool keep_text)
      : info_(info),
        type_(info_.vocabulary_size <= UINT16_MAX + 1 ? DataType::kU16 : DataType::kU32),
        ids_(path.string() + "." + info_.name) {
    if (keep_text) text_.emplace(path.string() + "." + info_.name + "_text");
  }

  void add(std::span<const int32_t> ids, std::string_view line) {
    ROTOR_CHECK(std::max(ids.size(), line.size()) < INT32_MAX,
                "expected lines of fewer than {} bytes and tokens, got one of {} bytes and {} tokens; split it",
                INT32_MAX, line.size(), ids.size());
    for (int32_t id : ids) {
      ROTOR_CHECK(id >= 0 && id < info_.vocabulary_size, "expected ids below {}, the vocabulary's size, got {}",
                  info_.vocabulary_size, id);
    }
    if (type_ == DataType::kU16) {
      short_ids_.assign(ids.begin(), ids.end());
      ids_.add(short_ids_.data(), short_ids_.size(), sizeof(uint16_t));
    } else {
      ids_.add(ids.data(), ids.size(), sizeof(int32_t));
    }
    if (text_) text_->add(line.data(), line.size(), 1);
    text_size_.add_line(line);
  }

  const std::string& name() const { return info_.name; }

  void finish(SafeTensorsWriter& writer, bool with_text_size) {
    ids_.finish(writer, info_.name, type_);
    if (text_) text_->finish(writer, info_.name + "_text", DataType::kU8);
    write_column_info(writer, info_);
    if (with_text_size) write_text_size(writer, info_.name, text_size_);
  }

 private:
  ColumnInfo info_;
  DataType type_;
  Sequences ids_;
  std::optional<Sequences> text_;
  TextSize text_size_;
  std::vector<uint16_t> short_ids_;
};

/// Numbers of one type on their way to the disk.
class CorpusWriter::Numbers {
 public:
  Numbers(const std::filesystem::path& path, const std::string& name, DataType type)
      : name_(name), type_(type), file_(path.string() + "." + name + ".tmp") {}

  void add(const void* number) {
    file_.append(number, size_of(type_));
    ++count_;
  }
  int64_t count() const { return count_; }
  void finish(SafeTensorsWriter& writer) { writer.add(name_, type_, {count_}, file_.map()); }

 private:
  std::string name_;
  DataType type_;
  TemporaryFile file_;
  int64_t count_ = 0;
};

CorpusWriter::CorpusWriter(std::filesystem::path path, const CorpusTask& task, const std::vector<ColumnInfo>& columns,
                           bool keep_text)
    : path_(std::move(path)), task_(task) {
  for (const ColumnInfo& info : columns) columns_.push_back(std::make_unique<ColumnSpool>(path_, info, keep_text));
  if (task_.documents) document_ends_ = std::make_unique<Numbers>(path_, "document_ends", DataType::kU64);
}

CorpusWriter::~CorpusWriter() = default;

void CorpusWriter::add(const std::vector<std::vector<int32_t>>& ids, const std::vector<std::string>& lines) {
  ROTOR_CHECK(ids.size() == columns_.size() && (lines.empty() || lines.size() == columns_.size()),
              "expected a row of {} sentences, got {} and {} lines", columns_.size(), ids.size(), lines.size());
  for (size_t i = 0; i < columns_.size(); ++i) columns_[i]->add(ids[i], lines.empty() ? "" : lines[i]);
  ++rows_;
}

void CorpusWriter::label(float label) {
  if (!labels_) labels_ = std::make_unique<Numbers>(path_, "labels", DataType::kF32);
  labels_->add(&label);
  ROTOR_CHECK(labels_->count() == static_cast<int64_t>(rows_), "expected a label for each row, got {} for {}",
              labels_->count(), rows_);
}

void CorpusWriter::end_document() {
  ROTOR_CHECK(document_ends_ != nullptr, "expected a task whose rows are lines of documents, got {}", task_.name);
  if (rows_ == document_end_) return;
  document_end_ = rows_;
  document_ends_->add(&document_end_);
}

void CorpusWriter::finish() {
  const bool translation = task_.name == kTranslation;
  SafeTensorsWriter writer;
  writer.set("format", kCorpusFormat);
  writer.set("version", translation ? kTranslationVersion : kCorpusVersion);
  if (!translation) {
    std::vector<std::string> names;
    for (const auto& column : columns_) names.push_back(column->name());
    writer.set("task", task_.name);
    writer.set("columns", fmt::format("{}", fmt::join(names, ",")));
  }
  if (!classes_.empty()) writer.set("classes", classes_);
  writer.add_checksums();
  if (document_ends_) {
    end_document();
    document_ends_->finish(writer);
  }
  if (labels_) {
    ROTOR_CHECK(labels_->count() == static_cast<int64_t>(rows_), "expected a label for each row, got {} for {}",
                labels_->count(), rows_);
    labels_->finish(writer);
  }
  for (const auto& column : columns_) column->finish(writer, /*with_text_size=*/task_.documents);
  writer.write(path_);
  columns_.clear();
  labels_.reset();
  document_ends_.reset();
}

}  // namespace rotor

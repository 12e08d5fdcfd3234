#include "data/corpus_writer.h"

#include <optional>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/temporary_file.h"
#include "format/safetensors.h"

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

/// One side of a corpus on its way to the disk.
class CorpusWriter::Spool {
 public:
  Spool(const std::filesystem::path& path, const std::string& name, CorpusSide info, bool keep_text)
      : name_(name),
        info_(std::move(info)),
        type_(info_.vocabulary_size <= UINT16_MAX + 1 ? DataType::kU16 : DataType::kU32),
        ids_(path.string() + "." + name) {
    if (keep_text) text_.emplace(path.string() + "." + name + "_text");
  }

  void add(std::span<const int32_t> ids, std::string_view line) {
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
  }

  void finish(SafeTensorsWriter& writer) {
    ids_.finish(writer, name_, type_);
    if (text_) text_->finish(writer, name_ + "_text", DataType::kU8);
    writer.set(name_ + "_language", info_.language);
    writer.set(name_ + "_vocabulary_sha256", info_.vocabulary_sha256);
    writer.set(name_ + "_vocabulary_size", std::to_string(info_.vocabulary_size));
  }

 private:
  std::string name_;
  CorpusSide info_;
  DataType type_;
  Sequences ids_;
  std::optional<Sequences> text_;
  std::vector<uint16_t> short_ids_;
};

CorpusWriter::CorpusWriter(std::filesystem::path path, CorpusSide source, CorpusSide target, bool keep_text)
    : path_(std::move(path)),
      source_(std::make_unique<Spool>(path_, "source", std::move(source), keep_text)),
      target_(std::make_unique<Spool>(path_, "target", std::move(target), keep_text)) {}

CorpusWriter::~CorpusWriter() = default;

void CorpusWriter::add(std::span<const int32_t> source, std::span<const int32_t> target, std::string_view source_line,
                       std::string_view target_line) {
  source_->add(source, source_line);
  target_->add(target, target_line);
}

void CorpusWriter::finish() {
  SafeTensorsWriter writer;
  writer.set("format", kCorpusFormat);
  writer.set("version", kCorpusVersion);
  writer.add_checksums();
  source_->finish(writer);
  target_->finish(writer);
  writer.write(path_);
  source_.reset();
  target_.reset();
}

}  // namespace rotor

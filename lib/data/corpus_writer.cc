#include "data/corpus_writer.h"

#include <string>
#include <vector>

#include "base/check.h"
#include "base/temporary_file.h"
#include "tensor/safetensors.h"

namespace rotor {

/// One side of a corpus on its way to the disk.
class CorpusWriter::Spool {
 public:
  Spool(const std::filesystem::path& path, const std::string& name, CorpusSide info)
      : name_(name),
        info_(std::move(info)),
        type_(info_.vocabulary_size <= UINT16_MAX + 1 ? DataType::kU16 : DataType::kU32),
        ids_(path.string() + "." + name + ".tmp"),
        offsets_(path.string() + "." + name + "_offsets.tmp") {
    append_offset();
  }

  void add(std::span<const int32_t> ids) {
    for (int32_t id : ids) {
      CHECK(id >= 0 && id < info_.vocabulary_size, "expected ids below {}, the vocabulary's size, got {}",
            info_.vocabulary_size, id);
    }
    if (type_ == DataType::kU16) {
      short_ids_.assign(ids.begin(), ids.end());
      ids_.append(short_ids_.data(), short_ids_.size() * sizeof(uint16_t));
    } else {
      ids_.append(ids.data(), ids.size_bytes());
    }
    tokens_ += ids.size();
    append_offset();
  }

  void finish(SafeTensorsWriter& writer) {
    writer.add(name_, type_, {static_cast<int64_t>(tokens_)}, ids_.map());
    writer.add(name_ + "_offsets", DataType::kU64, {entries_}, offsets_.map());
    writer.set(name_ + "_language", info_.language);
    writer.set(name_ + "_vocabulary_sha256", info_.vocabulary_sha256);
    writer.set(name_ + "_vocabulary_size", std::to_string(info_.vocabulary_size));
  }

 private:
  void append_offset() {
    offsets_.append(&tokens_, sizeof tokens_);
    ++entries_;
  }

  std::string name_;
  CorpusSide info_;
  DataType type_;
  TemporaryFile ids_, offsets_;
  std::vector<uint16_t> short_ids_;
  uint64_t tokens_ = 0;
  int64_t entries_ = 0;  ///< of offsets_: sentences and one
};

CorpusWriter::CorpusWriter(std::filesystem::path path, CorpusSide source, CorpusSide target)
    : path_(std::move(path)),
      source_(std::make_unique<Spool>(path_, "source", std::move(source))),
      target_(std::make_unique<Spool>(path_, "target", std::move(target))) {}

CorpusWriter::~CorpusWriter() = default;

void CorpusWriter::add(std::span<const int32_t> source, std::span<const int32_t> target) {
  source_->add(source);
  target_->add(target);
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

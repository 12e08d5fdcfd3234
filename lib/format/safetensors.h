// Reading of safetensors, the one container of Rotor: models, checkpoints and corpora. A JSON header (8 bytes of
// length, then text) names each tensor's type, shape and place in the bytes that follow; Python reads it in one line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/mapped_file.h"
#include "tensor/tensor.h"

namespace rotor {

/// The types of whole bytes that the format has; Rotor's files have the first seven.
enum class DataType {
  kF32,
  kU8,
  kU16,
  kU32,
  kU64,
  kI8,
  kBF16,
  kF64,
  kF16,
  kI64,
  kI32,
  kI16,
  kBool,
  kF8E4M3,
  kF8E5M2,
  kF8E8M0
};

/// "F32", "U8" …
std::string name(DataType type);
size_t size_of(DataType type);

/// A tensor as it lies in a file.
struct StoredTensor {
  DataType type = DataType::kF32;
  std::vector<int64_t> shape;
  std::string_view bytes;  ///< the bytes in the mapped file, aligned to the element size

  int64_t elements() const;
  /// Whether it has as many bytes as its shape and type ask for.
  bool is_whole() const;
};

/// A file whose bytes are not what was written: truncated, corrupted, or no safetensors file at all.
class DamagedFile : public Error {
 public:
  using Error::Error;
};

/// A memory-mapped safetensors file. Everything in the header is checked against the file's size before use: a
/// truncated, foreign or corrupted file is a DamagedFile that names the file and what is wrong with it.
class SafeTensors {
 public:
  static constexpr uint64_t kMaxHeader = 100'000'000;       ///< bytes of a header at most, by the format
  static constexpr const char* kMetadata = "__metadata__";  ///< the header's entry of the metadata, no tensor's name

  explicit SafeTensors(const std::filesystem::path& path);

  const std::map<std::string, StoredTensor>& tensors() const { return tensors_; }
  bool contains(const std::string& name) const { return tensors_.contains(name); }
  /// The tensor of that name; an Error names the file if there is none.
  const StoredTensor& at(const std::string& name) const;
  /// A copy of an F32 tensor.
  Tensor tensor(const std::string& name) const;
  /// Releases the memory that reading a tensor took.
  void forget(const std::string& name) const { forget_bytes(at(name).bytes); }
  /// Releases the memory that reading a part of a tensor's bytes took.
  void forget_bytes(std::string_view part) const { file_->forget(part); }
  /// Keeps the file mapped while a copy of it lives, and then forgets the tensor.
  std::shared_ptr<const void> hold(const std::string& name) const;
  /// The elements of a tensor of the type that matches T (uint8_t, uint16_t, uint32_t, uint64_t, float), in the mapped
  /// file.
  template <typename T>
  std::span<const T> elements(const std::string& name) const;

  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// A metadata value; an Error names the file and the key if there is none.
  const std::string& metadata(const std::string& key) const;
  const std::filesystem::path& path() const { return file_->path(); }
  std::string_view header() const { return header_; }      ///< the header's JSON text as it stands in the file
  uint64_t size() const { return file_->bytes().size(); }  ///< size of the file in bytes

 private:
  std::shared_ptr<MappedFile> file_;
  std::string_view header_;
  std::map<std::string, StoredTensor> tensors_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace rotor

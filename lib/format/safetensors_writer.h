// Writing of safetensors files, with checksums if they are asked for.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "format/safetensors.h"

namespace rotor {

/// Collects tensors (whose bytes must live until write()) and metadata, then writes them atomically: tensors by falling
/// element size, then by name, without holes; the header is padded with spaces to a multiple of 8.
class SafeTensorsWriter {
 public:
  void add(const std::string& name, DataType type, std::vector<int64_t> shape, std::string_view bytes);
  void add(const std::string& name, const Tensor& tensor);  ///< the tensor must be contiguous; its memory is shared
  void set(const std::string& key, std::string value) { metadata_[key] = std::move(value); }
  /// Makes write() add checksums of all tensors and of the header (format/checksums.h) to the metadata.
  void add_checksums() { checksums_ = true; }
  void write(const std::filesystem::path& path) const;

 private:
  using Item = const std::pair<const std::string, StoredTensor>*;
  std::vector<Item> in_file_order() const;
  std::string header(const std::vector<Item>& order) const;

  std::map<std::string, StoredTensor> tensors_;
  std::vector<Tensor> kept_;
  std::map<std::string, std::string> metadata_;
  bool checksums_ = false;
};

}  // namespace rotor

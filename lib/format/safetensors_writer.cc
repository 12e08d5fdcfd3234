#include "format/safetensors_writer.h"

#include <algorithm>
#include <ostream>

#include "base/check.h"
#include "base/files.h"
#include "base/json.h"
#include "format/checksums.h"

namespace rotor {

using Json = nlohmann::ordered_json;

void SafeTensorsWriter::add(const std::string& name, DataType type, std::vector<int64_t> shape,
                            std::string_view bytes) {
  StoredTensor tensor{type, std::move(shape), bytes};
  ROTOR_CHECK(tensor.is_whole(), "tensor '{}': its shape does not fit its {} bytes", name, bytes.size());
  ROTOR_CHECK(name != SafeTensors::kMetadata && tensors_.emplace(name, std::move(tensor)).second,
              "tensor '{}' is added twice", name);
}

void SafeTensorsWriter::add(const std::string& name, const Tensor& tensor) {
  ROTOR_CHECK(tensor.is_contiguous(), "tensor '{}' to be written is not contiguous", name);
  add(name, DataType::kF32, std::vector<int64_t>(tensor.shape().begin(), tensor.shape().end()),
      {reinterpret_cast<const char*>(tensor.data()), tensor.elements() * sizeof(float)});
  kept_.push_back(tensor);
}

std::vector<SafeTensorsWriter::Item> SafeTensorsWriter::in_file_order() const {
  std::vector<Item> order;
  for (const auto& item : tensors_) order.push_back(&item);
  std::stable_sort(order.begin(), order.end(),
                   [](Item a, Item b) { return size_of(a->second.type) > size_of(b->second.type); });
  return order;
}

std::string SafeTensorsWriter::header(const std::vector<Item>& order) const {
  std::map<std::string, std::string> metadata = metadata_;
  if (checksums_) metadata.erase(kChecksums);
  Json::object_t entries;
  if (!metadata.empty() || checksums_) entries.emplace_back(SafeTensors::kMetadata, metadata);
  uint64_t offset = 0;
  std::vector<std::pair<std::string, std::string_view>> tensors;
  for (const Item item : order) {
    const auto& [name, tensor] = *item;
    entries.emplace_back(name, Json{{"dtype", rotor::name(tensor.type)},
                                    {"shape", tensor.shape},
                                    {"data_offsets", {offset, offset + tensor.bytes.size()}}});
    offset += tensor.bytes.size();
    tensors.emplace_back(name, tensor.bytes);
  }
  Json header = std::move(entries);
  if (checksums_) {
    metadata[kChecksums] = checksums_of(tensors, header);
    header[SafeTensors::kMetadata] = metadata;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

void SafeTensorsWriter::write(const std::filesystem::path& path) const {
  const std::vector<Item> order = in_file_order();
  std::string text;
  try {
    text = header(order);
  } catch (const Json::exception&) {
    fail("cannot write {}: a name or metadata value is not UTF-8", path.string());
  }
  ROTOR_CHECK(text.size() <= SafeTensors::kMaxHeader,
              "cannot write {}: its header of {} bytes is above the format's limit of {}", path.string(), text.size(),
              +SafeTensors::kMaxHeader);
  write_atomically(path, [&](std::ostream& out) {
    const uint64_t length = text.size();
    out.write(reinterpret_cast<const char*>(&length), sizeof length);
    out << text;
    for (const Item item : order) {
      out.write(item->second.bytes.data(), static_cast<std::streamsize>(item->second.bytes.size()));
    }
  });
}

}  // namespace rotor

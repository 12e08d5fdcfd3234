#include "format/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <ostream>
#include <set>
#include <tuple>
#include <type_traits>

#include "base/check.h"
#include "base/json.h"
#include "format/checksums.h"

namespace rotor {

using Json = nlohmann::ordered_json;

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian, and read as they are");

namespace {

constexpr uint64_t kMaxHeader = 100'000'000;  ///< the format's own limit
constexpr const char* kMetadata = "__metadata__";

struct TypeRow {
  DataType type;
  const char* name;
  size_t size;
};
constexpr TypeRow kTypes[] = {{DataType::kF32, "F32", 4},  {DataType::kU8, "U8", 1},   {DataType::kU16, "U16", 2},
                              {DataType::kU32, "U32", 4},  {DataType::kU64, "U64", 8}, {DataType::kI8, "I8", 1},
                              {DataType::kBF16, "BF16", 2}};

const TypeRow& row(DataType type) {
  return *std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeRow& r) { return r.type == type; });
}

template <typename T>
constexpr DataType type_of() {
  if constexpr (std::is_same_v<T, float>) return DataType::kF32;
  if constexpr (std::is_same_v<T, uint8_t>) return DataType::kU8;
  if constexpr (std::is_same_v<T, int8_t>) return DataType::kI8;
  if constexpr (std::is_same_v<T, uint16_t>) return DataType::kU16;
  if constexpr (std::is_same_v<T, uint32_t>) return DataType::kU32;
  if constexpr (std::is_same_v<T, uint64_t>) return DataType::kU64;
}

/// The bytes of a tensor, or nothing if they are more than 64 bits can count.
bool byte_count(const StoredTensor& tensor, uint64_t& bytes) {
  bytes = size_of(tensor.type);
  uint64_t elements = 1;
  for (int64_t size : tensor.shape) {
    if (size < 0 || __builtin_mul_overflow(elements, static_cast<uint64_t>(size), &elements)) return false;
  }
  return !__builtin_mul_overflow(bytes, elements, &bytes) && bytes <= INT64_MAX;
}

/// Refuses a file whose header or length is not as the format has it.
#define CHECK_FILE(condition, file, what, ...)                                                                      \
  do {                                                                                                              \
    if (!(condition)) [[unlikely]]                                                                                  \
      throw DamagedFile(fmt::format("{} is not a sound safetensors file: " what, file __VA_OPT__(, ) __VA_ARGS__)); \
  } while (false)

/// Parses the header, refusing a name that stands twice in one object and nesting the format does not have.
Json parse_header(std::string_view text, const std::string& file) {
  std::vector<std::set<std::string>> seen;
  std::string fault;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) seen.emplace_back();
    if (event == Json::parse_event_t::object_end) seen.pop_back();
    if (event == Json::parse_event_t::key && !seen.back().insert(value.get<std::string>()).second) {
      fault = "'" + value.get<std::string>() + "' stands twice in its header";
    }
    if (depth > 3) fault = "its header is nested too deeply";
    return true;
  };
  Json header = Json::parse(text, watch, /*allow_exceptions=*/false);
  CHECK_FILE(text.find('\0') == text.npos, file, "its header holds a NUL byte");  // the parser would stop there
  CHECK_FILE(fault.empty(), file, "{}", fault);
  CHECK_FILE(header.is_object(), file, "expected a JSON object as its header");
  return header;
}

/// A list of `count` whole numbers from 0 up (any number of them if `count` is 0).
bool is_sizes(const Json& json, size_t count) {
  return json.is_array() && (count == 0 || json.size() == count) &&
         std::all_of(json.begin(), json.end(),
                     [](const Json& n) { return n.is_number_unsigned() && n.get<uint64_t>() <= INT64_MAX; });
}

struct Extent {
  uint64_t begin, end;
  std::string name;
};

/// One entry of the header, its bytes taken from `data`.
StoredTensor parse_tensor(const Json& entry, std::string_view data, const std::string& file, Extent& extent) {
  const std::string& tensor = extent.name;
  CHECK_FILE(entry.is_object() && entry.size() == 3 && entry.contains("dtype") && entry.contains("shape") &&
                 entry.contains("data_offsets"),
             file, "expected dtype, shape and data_offsets of tensor '{}'", tensor);
  CHECK_FILE(entry["dtype"].is_string(), file, "expected a name as the dtype of tensor '{}'", tensor);
  const auto dtype = entry["dtype"].get<std::string>();
  const auto type =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeRow& r) { return r.name == dtype; });
  ROTOR_CHECK(type != std::end(kTypes), "{}: tensor '{}' has the type {}; known are F32, U8, U16, U32, U64, I8, BF16",
              file, tensor, dtype);
  CHECK_FILE(is_sizes(entry["shape"], 0), file, "expected whole numbers as the shape of tensor '{}'", tensor);
  CHECK_FILE(is_sizes(entry["data_offsets"], 2), file, "expected two whole numbers as data_offsets of tensor '{}'",
             tensor);
  extent.begin = entry["data_offsets"][0].get<uint64_t>();
  extent.end = entry["data_offsets"][1].get<uint64_t>();
  CHECK_FILE(extent.begin <= extent.end && extent.end <= data.size(), file,
             "tensor '{}' is said to lie in bytes {} to {} of {}; the file seems truncated", tensor, extent.begin,
             extent.end, data.size());
  StoredTensor result{type->type, entry["shape"].get<std::vector<int64_t>>(),
                      data.substr(extent.begin, extent.end - extent.begin)};
  uint64_t bytes = 0;
  CHECK_FILE(byte_count(result, bytes) && bytes == result.bytes.size(), file,
             "the shape of tensor '{}' does not fit its {} bytes", tensor, result.bytes.size());
  return result;
}

/// Every byte after the header belongs to exactly one tensor.
void check_extents(std::vector<Extent> extents, uint64_t size, const std::string& file) {
  std::sort(extents.begin(), extents.end(),
            [](const Extent& a, const Extent& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  uint64_t end = 0;
  for (const Extent& extent : extents) {
    CHECK_FILE(extent.begin == end, file, "expected tensor '{}' at byte {} of its data, got {}", extent.name, end,
               extent.begin);
    end = extent.end;
  }
  CHECK_FILE(end == size, file, "expected {} bytes of data, got {}; the file seems truncated", end, size);
}

}  // namespace

std::string name(DataType type) {
  return row(type).name;
}
size_t size_of(DataType type) {
  return row(type).size;
}

int64_t StoredTensor::elements() const {
  return static_cast<int64_t>(bytes.size() / size_of(type));
}

SafeTensors::SafeTensors(const std::filesystem::path& path) : file_(std::make_shared<MappedFile>(path)) {
  const std::string file = path.string();
  const std::string_view bytes = file_->bytes();
  uint64_t length = 0;
  CHECK_FILE(bytes.size() >= sizeof length, file, "it has only {} bytes", bytes.size());
  std::memcpy(&length, bytes.data(), sizeof length);
  CHECK_FILE(length <= kMaxHeader && length <= bytes.size() - sizeof length, file,
             "expected a header within its {} bytes, got a length of {}; the file seems truncated", bytes.size(),
             length);
  const std::string_view data = bytes.substr(sizeof length + length);
  header_ = bytes.substr(sizeof length, length);
  const Json header = parse_header(header_, file);
  std::vector<Extent> extents;
  for (const auto& [key, entry] : header.items()) {
    if (key == kMetadata) {
      CHECK_FILE(entry.is_object(), file, "expected an object as its metadata");
      for (const auto& [name, value] : entry.items()) {
        CHECK_FILE(value.is_string(), file, "expected a string as the metadata '{}'", name);
        metadata_[name] = value.get<std::string>();
      }
      continue;
    }
    extents.push_back({0, 0, key});
    tensors_[key] = parse_tensor(entry, data, file, extents.back());
  }
  check_extents(std::move(extents), data.size(), file);
}

const StoredTensor& SafeTensors::at(const std::string& name) const {
  const auto found = tensors_.find(name);
  ROTOR_CHECK(found != tensors_.end(), "{} has no tensor '{}'; is it of another kind or model?", path().string(), name);
  return found->second;
}

Tensor SafeTensors::tensor(const std::string& name) const {
  const StoredTensor& stored = at(name);
  ROTOR_CHECK(stored.type == DataType::kF32, "{}: expected tensor '{}' of type F32, got {}", path().string(), name,
              rotor::name(stored.type));
  ROTOR_CHECK(stored.shape.size() <= Shape::kMaxRank, "{}: expected at most {} axes of tensor '{}', got {}",
              path().string(), +Shape::kMaxRank, name, stored.shape.size());
  Shape shape;
  for (int64_t size : stored.shape) shape.push_back(size);
  Tensor tensor(shape);
  if (!stored.bytes.empty()) std::memcpy(tensor.data(), stored.bytes.data(), stored.bytes.size());
  return tensor;
}

template <typename T>
std::span<const T> SafeTensors::elements(const std::string& name) const {
  const StoredTensor& stored = at(name);
  ROTOR_CHECK(stored.type == type_of<T>(), "{}: expected tensor '{}' of type {}, got {}", path().string(), name,
              rotor::name(type_of<T>()), rotor::name(stored.type));
  ROTOR_CHECK(reinterpret_cast<uintptr_t>(stored.bytes.data()) % alignof(T) == 0,
              "{}: tensor '{}' is not aligned to its elements; write the file again with the tool that made it",
              path().string(), name);
  return {reinterpret_cast<const T*>(stored.bytes.data()), static_cast<size_t>(stored.elements())};
}

template std::span<const float> SafeTensors::elements(const std::string&) const;
template std::span<const uint8_t> SafeTensors::elements(const std::string&) const;
template std::span<const int8_t> SafeTensors::elements(const std::string&) const;
template std::span<const uint16_t> SafeTensors::elements(const std::string&) const;
template std::span<const uint32_t> SafeTensors::elements(const std::string&) const;
template std::span<const uint64_t> SafeTensors::elements(const std::string&) const;

const std::string& SafeTensors::metadata(const std::string& key) const {
  const auto found = metadata_.find(key);
  ROTOR_CHECK(found != metadata_.end(), "{} has no metadata '{}'; is it a file of Rotor's?", path().string(), key);
  return found->second;
}

void SafeTensorsWriter::add(const std::string& name, DataType type, std::vector<int64_t> shape,
                            std::string_view bytes) {
  StoredTensor tensor{type, std::move(shape), bytes};
  uint64_t expected = 0;
  ROTOR_CHECK(byte_count(tensor, expected) && expected == bytes.size(),
              "tensor '{}': its shape does not fit its {} bytes", name, bytes.size());
  ROTOR_CHECK(name != kMetadata && tensors_.emplace(name, std::move(tensor)).second, "tensor '{}' is added twice",
              name);
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
  Json header = Json::object();
  if (!metadata.empty() || checksums_) header[kMetadata] = metadata;
  uint64_t offset = 0;
  std::vector<std::pair<std::string, std::string_view>> tensors;
  for (const Item item : order) {
    const auto& [name, tensor] = *item;
    header[name] = {{"dtype", rotor::name(tensor.type)},
                    {"shape", tensor.shape},
                    {"data_offsets", {offset, offset + tensor.bytes.size()}}};
    offset += tensor.bytes.size();
    tensors.emplace_back(name, tensor.bytes);
  }
  if (checksums_) {
    metadata[kChecksums] = checksums_of(tensors, header);
    header[kMetadata] = metadata;
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
  ROTOR_CHECK(text.size() <= kMaxHeader, "cannot write {}: its header of {} bytes is above the format's limit of {}",
              path.string(), text.size(), +kMaxHeader);
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

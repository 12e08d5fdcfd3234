#include "format/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>
#include <tuple>
#include <type_traits>

#include "base/check.h"
#include "base/json.h"

namespace rotor {

using Json = nlohmann::ordered_json;

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian, and read as they are");

namespace {

struct TypeRow {
  DataType type;
  const char* name;
  size_t size;
};
constexpr TypeRow kTypes[] = {
    {DataType::kF32, "F32", 4},       {DataType::kU8, "U8", 1},          {DataType::kU16, "U16", 2},
    {DataType::kU32, "U32", 4},       {DataType::kU64, "U64", 8},        {DataType::kI8, "I8", 1},
    {DataType::kBF16, "BF16", 2},     {DataType::kF64, "F64", 8},        {DataType::kF16, "F16", 2},
    {DataType::kI64, "I64", 8},       {DataType::kI32, "I32", 4},        {DataType::kI16, "I16", 2},
    {DataType::kBool, "BOOL", 1},     {DataType::kF8E4M3, "F8_E4M3", 1}, {DataType::kF8E5M2, "F8_E5M2", 1},
    {DataType::kF8E8M0, "F8_E8M0", 1}};

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

/// Refuses a file whose header or length is not as the format has it.
#define CHECK_FILE(condition, file, what, ...)                                                                      \
  do {                                                                                                              \
    if (!(condition)) [[unlikely]]                                                                                  \
      throw DamagedFile(fmt::format("{} is not a sound safetensors file: " what, file __VA_OPT__(, ) __VA_ARGS__)); \
  } while (false)

/// Parses the header to its entries, refusing a name that stands twice in one object and nesting the format does not
/// have. The entries are taken out as they come: each new one would be compared with all others of one JSON object.
std::vector<std::pair<std::string, Json>> parse_header(std::string_view text, const std::string& file) {
  // The parser would stop at a NUL.
  CHECK_FILE(text.find('\0') == text.npos, file, "its header holds a NUL byte");
  constexpr int kDeepest = 3;  // the header, a tensor, its shape
  CHECK_FILE(!is_nested_deeper(text, kDeepest), file, "its header is nested too deeply");
  std::vector<std::pair<std::string, Json>> entries;
  std::vector<std::set<std::string>> seen;
  std::string fault, name;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) seen.emplace_back();
    if (event == Json::parse_event_t::object_end) seen.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto key = value.get<std::string>();
      if (!seen.back().insert(key).second) fault = "'" + key + "' stands twice in its header";
      if (depth == 1) name = key;
    }
    const bool is_entry = event == Json::parse_event_t::object_end && depth == 1;
    if (is_entry) entries.emplace_back(name, std::move(value));
    return !is_entry;
  };
  const Json rest = Json::parse(text, watch, /*allow_exceptions=*/false);
  CHECK_FILE(fault.empty(), file, "{}", fault);
  CHECK_FILE(rest.is_object(), file, "expected a JSON object as its header");
  for (const auto& [key, value] : rest.items()) entries.emplace_back(key, value);  // which are no objects
  return entries;
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
  ROTOR_CHECK(type != std::end(kTypes),
              "{}: expected a type of whole bytes of tensor '{}', got {}; convert it to F32 first", file, tensor,
              dtype);
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
  CHECK_FILE(result.is_whole(), file, "the shape of tensor '{}' does not fit its {} bytes", tensor,
             result.bytes.size());
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

bool StoredTensor::is_whole() const {
  uint64_t elements = 1, size_in_bytes = 0;  // which 64 bits may not be able to count
  for (int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(elements, static_cast<uint64_t>(size), &elements)) return false;
  }
  return !__builtin_mul_overflow(elements, size_of(type), &size_in_bytes) && size_in_bytes == bytes.size();
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
  std::vector<Extent> extents;
  for (const auto& [key, entry] : parse_header(header_, file)) {
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

std::shared_ptr<const void> SafeTensors::hold(const std::string& name) const {
  return {nullptr, [file = file_, bytes = at(name).bytes](const void*) { file->forget(bytes); }};
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

}  // namespace rotor

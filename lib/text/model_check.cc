#include "text/model_check.h"

#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <vector>

namespace rotor {

namespace {

// Field numbers of sentencepiece_model.proto, version 0.1.97.
constexpr uint64_t kNormalizerSpec = 3, kDenormalizerSpec = 5;  // of ModelProto
constexpr uint64_t kPrecompiledCharsmap = 2;                    // of NormalizerSpec

std::optional<uint64_t> read_varint(std::string_view& bytes) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

using FieldCheck = std::function<bool(uint64_t field, std::string_view content)>;

/// Calls `check` with every field of a message that has a length; false if one fails or the message is malformed.
bool each_field(std::string_view message, const FieldCheck& check) {
  enum WireType { kVarint = 0, kFixed64 = 1, kLength = 2, kFixed32 = 5 };
  while (!message.empty()) {
    const auto key = read_varint(message);
    if (!key) return false;
    uint64_t size = 0;
    switch (*key & 7) {
      case kVarint:
        if (!read_varint(message)) return false;
        break;
      case kFixed64:
        size = 8;
        break;
      case kFixed32:
        size = 4;
        break;
      case kLength: {
        const auto length = read_varint(message);
        if (!length || *length > message.size() || !check(*key >> 3, message.substr(0, *length))) return false;
        size = *length;
        break;
      }
      default:
        return false;
    }
    if (size > message.size()) return false;
    message.remove_prefix(size);
  }
  return true;
}

/// One entry of a double array. From entry i, byte b leads to entry i ^ offset ^ b if that has the label b, and the
/// value of the text so far stands in entry i ^ offset if there is one.
struct Unit {
  uint32_t bits;

  bool is_value() const { return bits >> 31; }
  bool has_value() const { return bits >> 8 & 1; }
  uint32_t value() const { return bits & 0x7fffffffu; }
  uint32_t offset() const { return (bits >> 10) << ((bits & 1u << 9) >> 6); }
};

/// The size of the trie in bytes, the trie, and zero-terminated texts that the trie's values point into.
bool is_sound_table(std::string_view table) {
  if (table.empty()) return true;
  uint32_t trie_bytes = 0;
  if (table.size() < sizeof trie_bytes) return false;
  std::memcpy(&trie_bytes, table.data(), sizeof trie_bytes);
  table.remove_prefix(sizeof trie_bytes);
  if (trie_bytes == 0 || trie_bytes % sizeof(Unit) != 0 || trie_bytes >= table.size()) return false;
  std::vector<Unit> units(trie_bytes / sizeof(Unit));
  std::memcpy(units.data(), table.data(), trie_bytes);
  const std::string_view texts = table.substr(trie_bytes);
  if (texts.back() != '\0') return false;
  for (size_t i = 0; i < units.size(); ++i) {
    if (i > 0 && units[i].is_value()) continue;  // no byte leads here
    const size_t next = i ^ units[i].offset();
    if ((next | 0xff) >= units.size()) return false;
    if (units[i].has_value() && units[next].value() >= texts.size()) return false;
  }
  return true;
}

}  // namespace

bool is_sound_model(std::string_view bytes) {
  return each_field(bytes, [](uint64_t field, std::string_view content) {
    if (field != kNormalizerSpec && field != kDenormalizerSpec) return true;
    return each_field(content, [](uint64_t inner, std::string_view table) {
      return inner != kPrecompiledCharsmap || is_sound_table(table);
    });
  });
}

}  // namespace rotor

#include "text/byte_vocabulary.h"

#include <array>
#include <unordered_map>

#include "base/check.h"

namespace rotor {

namespace {

constexpr std::string_view kName = "rotor-vocabulary bytes ";
constexpr std::string_view kVersion = "1\n";

constexpr int32_t kFirst = 4;  // the id of byte 0
constexpr int32_t kSize = kFirst + 256;

std::string name_of(unsigned char byte) {
  constexpr unsigned char kFirstVisible = '!', kLastVisible = '~';
  return byte >= kFirstVisible && byte <= kLastVisible ? std::string(1, static_cast<char>(byte))
                                                       : fmt::format("<0x{:02X}>", byte);
}

class ByteVocabulary : public VocabularyModel {
 public:
  ByteVocabulary() : pieces_{"<s>", "<pad>", "</s>", "<unk>"} {
    for (int byte = 0; byte < 256; ++byte) pieces_[kFirst + byte] = name_of(static_cast<unsigned char>(byte));
    for (int32_t id = 0; id < kSize; ++id) ids_.emplace(pieces_[id], id);
  }

  const SpecialTokens& specials() const override { return specials_; }
  int64_t size() const override { return kSize; }

  std::vector<int32_t> encode(std::string_view text) const override {
    std::vector<int32_t> ids;
    ids.reserve(text.size());
    for (const char byte : text) ids.push_back(kFirst + static_cast<unsigned char>(byte));
    return ids;
  }

  std::vector<std::string> spell(std::string_view text) const override {
    std::vector<std::string> texts;
    for (const int32_t id : encode(text)) texts.push_back(pieces_[id]);
    return texts;
  }

  std::string decode(std::span<const int32_t> ids) const override {
    std::string text;
    for (const int32_t id : ids) text += text_of(id);
    return text;
  }

  std::string join(const std::vector<std::string>& pieces) const override {
    std::string text;
    for (const std::string& piece : pieces) {
      const auto found = ids_.find(piece);
      text += found == ids_.end() ? piece : text_of(found->second);
    }
    return text;
  }

  const std::string& piece(int32_t id) const override { return pieces_[id]; }
  float score(int32_t /*id*/) const override { return 0; }
  int32_t id(std::string_view piece) const override {
    const auto found = ids_.find(std::string(piece));
    return found == ids_.end() ? specials_.unk : found->second;
  }
  bool cuts_words() const override { return false; }
  bool begins_word(int32_t /*id*/) const override { return false; }
  bool is_lossless() const override { return true; }

 private:
  std::string text_of(int32_t id) const {
    return id < kFirst ? " \u2047 " : std::string(1, static_cast<char>(id - kFirst));
  }

  SpecialTokens specials_;
  std::array<std::string, kSize> pieces_;
  std::unordered_map<std::string, int32_t> ids_;
};

}  // namespace

std::string serialized_bytes() {
  return std::string(kName) + std::string(kVersion);
}

bool is_serialized_bytes(std::string_view bytes) {
  return bytes.starts_with(kName);
}

std::unique_ptr<const VocabularyModel> byte_vocabulary(const std::string& bytes, const std::string& origin) {
  ROTOR_CHECK(bytes == serialized_bytes(),
              "{}: expected the vocabulary of bytes in version {}, got \"{}\"; take a newer version of Rotor, or "
              "--model-type byte to make it anew",
              origin, kVersion.substr(0, 1), bytes.substr(0, bytes.find('\n')));
  return std::make_unique<ByteVocabulary>();
}

}  // namespace rotor

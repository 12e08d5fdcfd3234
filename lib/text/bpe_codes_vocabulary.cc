#include "text/bpe_codes_vocabulary.h"

#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "base/json.h"
#include "text/bpe_codes.h"
#include "text/unicode.h"

namespace rotor {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kName = "rotor-vocabulary bpe-codes ";
constexpr std::string_view kVersion = "1 ";
constexpr std::string_view kContinues = "@@";  ///< at the end of a part that is not a word's last
constexpr std::string_view kUnknown = "\u2047";
constexpr int64_t kSpecials = 4;

/// The words of a line: what White_Space separates.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::u32string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(to_utf8(word));
    word.clear();
  };
  for (const char32_t letter : code_points(line)) {
    if (is_space(letter)) {
      end_word();
    } else {
      word += letter;
    }
  }
  end_word();
  return words;
}

std::vector<std::string> read_tokens(std::string_view text, const std::string& origin) {
  const Json header = parse_json(text);
  ROTOR_CHECK(header.is_object() && header.contains("tokens") && header["tokens"].is_array(),
              "{}: expected a list of tokens in JSON, got {:.60}; get the file anew", origin, text);
  std::vector<std::string> tokens;
  for (const Json& token : header["tokens"]) {
    ROTOR_CHECK(token.is_string(), "{}: expected tokens that are texts, got {:.60}", origin, token.dump());
    tokens.push_back(token.get<std::string>());
  }
  ROTOR_CHECK(std::ssize(tokens) > kSpecials, "{}: expected more tokens than the {} special ones, got {}", origin,
              kSpecials, tokens.size());
  return tokens;
}

/// The list of tokens, and the merges.
std::pair<std::string_view, std::string_view> parts_of(std::string_view bytes, const std::string& origin) {
  bytes.remove_prefix(kName.size());
  ROTOR_CHECK(bytes.starts_with(kVersion),
              "{}: expected a vocabulary of BPE codes in version {}, got {:.10}; use a newer Rotor", origin, kVersion,
              bytes);
  bytes.remove_prefix(kVersion.size());
  const size_t end = std::min(bytes.find('\n'), bytes.size());
  return {bytes.substr(0, end), bytes.substr(std::min(end + 1, bytes.size()))};
}

class BpeCodesVocabulary : public VocabularyModel {
 public:
  BpeCodesVocabulary(std::vector<std::string> tokens, BpeCodes codes, const std::string& origin)
      : tokens_(std::move(tokens)), codes_(std::move(codes)) {
    for (int32_t id = 0; id < size(); ++id) {
      const auto [at, added] = ids_.emplace(tokens_[id], id);
      ROTOR_CHECK(added, "{}: expected each token once, got '{}' as {} and {}", origin, at->first, at->second, id);
    }
  }

  const SpecialTokens& specials() const override { return specials_; }
  int64_t size() const override { return std::ssize(tokens_); }

  std::vector<int32_t> encode(std::string_view text) const override {
    std::vector<int32_t> ids;
    for (const std::string& part : parts(text)) ids.push_back(id_of_text(part));
    return ids;
  }

  std::vector<std::string> spell(std::string_view text) const override { return parts(text); }

  std::string decode(std::span<const int32_t> ids) const override {
    std::vector<std::string> pieces;
    for (const int32_t id : ids) pieces.emplace_back(id == specials_.unk ? kUnknown : tokens_[id]);
    return join(pieces);
  }

  std::string join(const std::vector<std::string>& pieces) const override {
    std::string text;
    bool continues = true;
    for (const std::string_view piece : pieces) {
      if (!continues) text += ' ';
      continues = piece.ends_with(kContinues);
      text += piece.substr(0, piece.size() - (continues ? kContinues.size() : 0));
    }
    return text;
  }

  const std::string& piece(int32_t id) const override { return tokens_[id]; }
  float score(int32_t /*id*/) const override { return 0; }
  int32_t id(std::string_view piece) const override {
    const auto found = ids_.find(piece);
    return found == ids_.end() ? specials_.unk : found->second;
  }
  /// A token does not say whether it begins a word: the one before it does.
  bool cuts_words() const override { return false; }
  bool begins_word(int32_t /*id*/) const override { return false; }
  bool is_lossless() const override { return false; }

 private:
  std::vector<std::string> parts(std::string_view text) const {
    std::vector<std::string> all;
    for (const std::string& word : words_of(text)) {
      for (std::string& part : codes_.cut(word)) all.push_back(std::move(part) + std::string(kContinues));
      all.back().resize(all.back().size() - kContinues.size());
    }
    return all;
  }

  int32_t id_of_text(std::string_view part) const {
    const int32_t found = id(part);
    return specials_.contains(found) ? specials_.unk : found;
  }

  SpecialTokens specials_;
  std::vector<std::string> tokens_;
  BpeCodes codes_;
  std::unordered_map<std::string_view, int32_t> ids_;
};

}  // namespace

bool is_serialized_bpe_codes(std::string_view bytes) {
  return bytes.starts_with(kName);
}

std::string describe_bpe_codes(std::string_view bytes) {
  return parts_of(bytes, "the vocabulary").second.empty() ? "words" : "BPE codes";
}

std::unique_ptr<const VocabularyModel> bpe_codes_vocabulary(const std::string& bytes, const std::string& origin) {
  const auto [list, codes] = parts_of(bytes, origin);
  return std::make_unique<BpeCodesVocabulary>(read_tokens(list, origin), BpeCodes(codes, origin), origin);
}

}  // namespace rotor

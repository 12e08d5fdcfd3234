#include "text/wordpiece_vocabulary.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/option_text.h"
#include "text/bert_words.h"
#include "text/unicode.h"
#include "text/vocab_txt.h"

namespace rotor {

namespace {

constexpr std::string_view kContinues = "##";
constexpr std::string_view kUnknown = "\u2047";

/// Takes spaces away where English has none, as Hugging Face's clean_up_tokenization().
std::string without_needless_spaces(std::string text) {
  constexpr std::pair<const char*, const char*> kShorter[] = {
      {" .", "."},     {" ?", "?"},   {" !", "!"},   {" ,", ","},     {" ' ", "'"},
      {" n't", "n't"}, {" 'm", "'m"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  for (const auto& [from, to] : kShorter) replace_all(text, from, to);
  return text;
}

class WordPieceVocabulary : public VocabularyModel {
 public:
  explicit WordPieceVocabulary(WordPieceText text) : options_(text.options), pieces_(std::move(text.tokens)) {
    for (int32_t id = 0; id < size(); ++id) {
      const std::string_view piece = pieces_[id];
      ids_.emplace(piece, id);
      if (!piece.starts_with(kContinues)) continue;
      continuations_.emplace(piece.substr(kContinues.size()), id);
    }
    for (const std::string& piece : pieces_) longest_ = std::max(longest_, code_points(piece).size());
    specials_.pad = find("[PAD]");
    specials_.unk = find("[UNK]");
    specials_.bos = specials_.start = find("[CLS]");
    specials_.eos = find("[SEP]");
    specials_.mask = find("[MASK]");
  }

  const SpecialTokens& specials() const override { return specials_; }
  int64_t size() const override { return std::ssize(pieces_); }

  std::vector<int32_t> encode(std::string_view text) const override {
    std::vector<int32_t> ids;
    for (const std::u32string& word : bert_words(text, options_)) append_pieces(word, ids);
    return ids;
  }

  /// An unknown word is spelt as the vocabulary reads it: of an uncased one in lower case.
  std::vector<std::string> spell(std::string_view text) const override {
    std::vector<std::string> texts;
    for (const std::u32string& word : bert_words(text, options_)) {
      std::vector<int32_t> ids;
      append_pieces(word, ids);
      for (const int32_t id : ids) texts.push_back(id == specials_.unk ? to_utf8(word) : pieces_[id]);
    }
    return texts;
  }

  std::string decode(std::span<const int32_t> ids) const override {
    std::vector<std::string> pieces;
    for (const int32_t id : ids) pieces.emplace_back(id == specials_.unk ? kUnknown : pieces_[id]);
    return join(pieces);
  }

  std::string join(const std::vector<std::string>& pieces) const override {
    std::string text;
    for (const std::string& piece : pieces) {
      const bool continues = !text.empty() && piece.starts_with(kContinues);
      if (!text.empty() && !continues) text += ' ';
      text += std::string_view(piece).substr(continues ? kContinues.size() : 0);
    }
    return without_needless_spaces(std::move(text));
  }

  const std::string& piece(int32_t id) const override { return pieces_[id]; }
  float score(int32_t /*id*/) const override { return 0; }
  int32_t id(std::string_view piece) const override {
    const int32_t id = find(piece);
    return id < 0 ? specials_.unk : id;
  }
  bool cuts_words() const override { return true; }
  bool begins_word(int32_t id) const override { return !pieces_[id].starts_with(kContinues); }
  bool is_lossless() const override { return false; }

 private:
  using Ids = std::unordered_map<std::string_view, int32_t>;

  /// −1 if there is none.
  int32_t find(std::string_view piece) const {
    const auto found = ids_.find(piece);
    return found == ids_.end() ? -1 : found->second;
  }

  /// Appends the pieces of a word, each the longest there is, or [UNK].
  void append_pieces(const std::u32string& word, std::vector<int32_t>& ids) const {
    constexpr size_t kLongestWord = 100;
    const size_t before = ids.size();
    bool known = word.size() <= kLongestWord;
    for (size_t begin = 0; known && begin < word.size();) {
      const Ids& candidates = begin == 0 ? ids_ : continuations_;
      std::string piece = to_utf8(std::u32string_view(word).substr(begin, longest_));
      auto found = candidates.find(piece);
      while (found == candidates.end() && !piece.empty()) {
        drop_last_character(piece);
        found = candidates.find(piece);
      }
      known = !piece.empty();
      if (!known) break;
      ids.push_back(found->second);
      begin += code_points(piece).size();
    }
    if (known) return;
    ids.resize(before);
    ids.push_back(specials_.unk);
  }

  static void drop_last_character(std::string& utf8) {
    constexpr unsigned kContinuation = 0x80, kMask = 0xc0;
    while ((static_cast<unsigned char>(utf8.back()) & kMask) == kContinuation) utf8.pop_back();
    utf8.pop_back();
  }

  BertWordOptions options_;
  std::vector<std::string> pieces_;
  Ids ids_;             ///< of all pieces
  Ids continuations_;   ///< of those that continue a word, without "##"
  size_t longest_ = 1;  ///< characters of the longest piece
  SpecialTokens specials_;
};

}  // namespace

std::unique_ptr<const VocabularyModel> wordpiece_vocabulary(const std::string& bytes, const std::string& origin) {
  return std::make_unique<WordPieceVocabulary>(parse_wordpiece(bytes, origin));
}

}  // namespace rotor

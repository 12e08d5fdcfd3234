// A vocabulary of the letters a to z, whose special tokens have whatever ids a test gives them.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "text/vocabulary.h"
#include "text/vocabulary_model.h"

namespace rotor {

/// The letters take the ids from 0 up that no special token has.
class Letters : public VocabularyModel {
 public:
  explicit Letters(const SpecialTokens& specials) : specials_(specials) {
    for (char letter = 'a'; letter <= 'z';) {
      const bool special = specials.contains(static_cast<int32_t>(pieces_.size()));
      pieces_.push_back(special ? "<special>" : std::string(1, letter++));
    }
  }

  const SpecialTokens& specials() const override { return specials_; }
  int64_t size() const override { return std::ssize(pieces_); }

  std::vector<int32_t> encode(std::string_view text) const override {
    std::vector<int32_t> ids;
    for (const char letter : text) ids.push_back(id({&letter, 1}));
    return ids;
  }
  std::vector<std::string> spell(std::string_view text) const override {
    std::vector<std::string> letters;
    for (const char letter : text) letters.emplace_back(1, letter);
    return letters;
  }
  std::string decode(std::span<const int32_t> ids) const override {
    std::string text;
    for (const int32_t id : ids) text += pieces_[id];
    return text;
  }
  std::string join(const std::vector<std::string>& pieces) const override {
    std::string text;
    for (const std::string& piece : pieces) text += piece;
    return text;
  }

  const std::string& piece(int32_t id) const override { return pieces_[id]; }
  float score(int32_t /*id*/) const override { return 0; }
  int32_t id(std::string_view piece) const override {
    const auto found = std::find(pieces_.begin(), pieces_.end(), piece);
    return found == pieces_.end() ? specials_.unk : static_cast<int32_t>(found - pieces_.begin());
  }
  bool cuts_words() const override { return true; }
  bool begins_word(int32_t /*id*/) const override { return true; }
  bool is_lossless() const override { return false; }

 private:
  SpecialTokens specials_;
  std::vector<std::string> pieces_;
};

/// `name` stands for the serialized form: vocabularies of one name count as the same.
inline Vocabulary letters(const SpecialTokens& specials, const std::string& name = "letters") {
  return {std::make_shared<Letters>(specials), name};
}

}  // namespace rotor

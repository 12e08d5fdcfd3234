// VocabularyModel: what a kind of vocabulary does, an interface with one implementation a kind, each in a file of its
// own: SentencePiece models, those with an id map, words cut by BPE codes, WordPiece, bytes, and any of them of Moses'
// tokens. Users hold a Vocabulary (text/vocabulary.h), which is cheap to copy and knows its model's serialized form.
// Objects do not change, so that any number of threads may call.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/special_tokens.h"

namespace rotor {

class VocabularyModel {
 public:
  virtual ~VocabularyModel() = default;

  virtual const SpecialTokens& specials() const = 0;
  virtual int64_t size() const = 0;  ///< number of ids, those of special tokens included

  /// The tokens that mark the language of a text, by its name.
  virtual const std::map<std::string, int32_t>& languages() const {
    static const std::map<std::string, int32_t> none;
    return none;
  }
  /// Whether a token says something of a text, such as its language, and is no part of it.
  virtual bool is_mark(int32_t /*id*/) const { return false; }

  /// The ids of a line of text, without special tokens but unk, which stands for what the vocabulary lacks.
  virtual std::vector<int32_t> encode(std::string_view text) const = 0;
  /// The text of each id of encode(text): its piece, or the characters that the vocabulary lacks.
  virtual std::vector<std::string> spell(std::string_view text) const = 0;

  /// The text of ids from 0 to size() − 1, of which only unk is special; it becomes " ⁇ ".
  virtual std::string decode(std::span<const int32_t> ids) const = 0;
  /// The text of pieces, or of texts that stand for what the vocabulary lacks.
  virtual std::string join(const std::vector<std::string>& pieces) const = 0;

  /// The piece of an id from 0 to size() − 1.
  virtual const std::string& piece(int32_t id) const = 0;
  /// The score of such a piece.
  virtual float score(int32_t id) const = 0;
  /// The id of a piece; unk if there is none.
  virtual int32_t id(std::string_view piece) const = 0;

  /// Whether words are cut into pieces, and whether a piece is the first one of a word.
  virtual bool cuts_words() const = 0;
  virtual bool begins_word(int32_t id) const = 0;

  /// Whether every sequence of bytes can be encoded, also one that is not UTF-8, so that decode() gives it back.
  virtual bool is_lossless() const = 0;
};

/// Makes the model of a serialized form of any kind, as Vocabulary::from_bytes() does.
std::unique_ptr<const VocabularyModel> vocabulary_model(const std::string& bytes, const std::string& origin);

}  // namespace rotor

// Vocabulary: the pieces of text that a model knows by number, and the ids of its special tokens. It is of one of the
// kinds of text/vocabulary_model.h, which its serialized form tells: a SentencePiece model, one with a list of ids, a
// list of tokens with merges of BPE, the tokens of a WordPiece vocabulary, or the name of the bytes. Copies share one
// model; encoding and decoding may run in several threads at once.
//
//   const Vocabulary vocabulary = Vocabulary::from_file("corpus/vocabulary.model");
//   const std::vector<int32_t> ids = vocabulary.encode("A dog runs.");   // without </s>
//   const std::string text = vocabulary.decode(ids);
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/special_tokens.h"

namespace rotor {

class VocabularyModel;

class Vocabulary {
 public:
  /// A vocabulary of a model whose serialized form is `bytes`.
  Vocabulary(std::shared_ptr<const VocabularyModel> model, std::string bytes);

  /// Makes a vocabulary from its serialized form. `origin` names it in the Error thrown if it is corrupted or has
  /// special tokens that its kind does not allow.
  static Vocabulary from_bytes(std::string bytes, const std::string& origin = "the vocabulary");
  /// Reads a file that holds a serialized form, or BERT's vocab.txt. Of the latter `lower_case` says whether text is
  /// put in lower case, and if it says nothing vocab_txt_options() (text/vocab_txt.h); of others it must say nothing.
  static Vocabulary from_file(const std::filesystem::path& path, std::optional<bool> lower_case = std::nullopt);
  /// Throws the UsageError for a choice of case where a serialized form, of `origin`, says itself how text is read.
  [[noreturn]] static void refuse_lower_case(std::string_view bytes, const std::string& origin);

  /// The ids of the special tokens.
  const SpecialTokens& specials() const { return specials_; }

  /// The tokens that mark the language of a text, by its name; most vocabularies have none.
  const std::map<std::string, int32_t>& languages() const;

  /// The ids of a line of text, without </s>; characters that the vocabulary lacks become specials().unk. Some 200,000
  /// bytes of such characters in a row are an Error where the kind is SentencePiece's.
  std::vector<int32_t> encode(std::string_view text) const;
  /// The same of a text at `place`, with which the Error begins.
  std::vector<int32_t> encode(std::string_view text, const std::string& place) const;

  /// The text of each id of encode(text): its piece, or the characters that the vocabulary lacks.
  std::vector<std::string> spell(std::string_view text) const;

  /// The text of some ids: special tokens and marks of languages are skipped but <unk>, which becomes " ⁇ ". An id out
  /// of range is an Error. The text from a vocabulary of bytes need not be UTF-8.
  std::string decode(std::span<const int32_t> ids) const;
  /// The text of some ids in which the texts `unknown` replace the <unk>s, in their order; if it is empty, as above.
  std::string decode(std::span<const int32_t> ids, std::span<const std::string> unknown) const;

  /// The piece of an id, "▁dog"; an id out of range is an Error.
  const std::string& piece(int32_t id) const;
  /// The score of a piece; in a BPE model, pieces of higher score are merged earlier.
  float score(int32_t id) const;
  /// The id of a piece; specials().unk if there is none.
  int32_t id(std::string_view piece) const;

  /// Whether words are cut into pieces, and whether a piece is the first one of a word; an id out of range is an Error.
  bool cuts_words() const;
  bool begins_word(int32_t id) const;

  /// Whether every sequence of bytes can be encoded, also one that is not UTF-8, so that decode() gives it back.
  bool is_lossless() const;

  /// Returns the kind of a serialized vocabulary: "SentencePiece", "bytes", "WordPiece, uncased". Only its beginning is
  /// looked at; bytes that are no vocabulary are "SentencePiece" too.
  static std::string kind_of(std::string_view bytes);

  int64_t size() const { return size_; }                 ///< number of ids, those of special tokens included
  const std::string& bytes() const { return *bytes_; }   ///< the serialized form
  const std::string& sha256() const { return sha256_; }  ///< of bytes(), in hexadecimal: the vocabulary's identity

 private:
  /// Whether an id is one that decode() skips.
  bool is_silent(int32_t id) const;
  void check_id(int32_t id) const;

  std::shared_ptr<const VocabularyModel> model_;
  SpecialTokens specials_;
  std::shared_ptr<const std::string> bytes_;
  std::string sha256_;
  int64_t size_;
};

}  // namespace rotor

// Vocabulary: a SentencePiece model as Rotor uses it. Its ids are the model's ids; the special tokens have fairseq's
// (<s> 0, <pad> 1, </s> 2, <unk> 3), so a model trained with others is refused. Copies share one model; encoding and
// decoding may run in several threads at once.
//
//   const Vocabulary vocabulary = Vocabulary::from_file("corpus/vocabulary.model");
//   const std::vector<int32_t> ids = vocabulary.encode("A dog runs.");   // without </s>
//   const std::string text = vocabulary.decode(ids);
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace rotor {

class Vocabulary {
 public:
  /// Makes a vocabulary from a serialized model. `origin` names it in the Error thrown if it is corrupted or has other
  /// special tokens.
  static Vocabulary from_bytes(std::string bytes, const std::string& origin = "the vocabulary");
  static Vocabulary from_file(const std::filesystem::path& path);

  /// The ids of a line of text, without </s>; characters the model does not know become kUnk.
  std::vector<int32_t> encode(std::string_view text) const;

  /// The text of each id of encode(text): its piece, or the characters that the model does not know.
  std::vector<std::string> spell(std::string_view text) const;

  /// The text of some ids: <s>, <pad> and </s> are skipped, <unk> becomes " ⁇ ". An id out of range is an Error.
  std::string decode(std::span<const int32_t> ids) const;
  /// The text of some ids in which the texts `unknown` replace the <unk>s, in their order; if it is empty, as above.
  std::string decode(std::span<const int32_t> ids, std::span<const std::string> unknown) const;

  /// The piece of an id, "▁dog"; an id out of range is an Error.
  const std::string& piece(int32_t id) const;
  /// The score of a piece; in a BPE model, pieces of higher score are merged earlier.
  float score(int32_t id) const;
  /// The id of a piece; kUnk if there is none.
  int32_t id(std::string_view piece) const;

  int64_t size() const { return size_; }
  const std::string& bytes() const { return *bytes_; }   ///< the serialized model
  const std::string& sha256() const { return sha256_; }  ///< of bytes(), in hexadecimal: the vocabulary's identity

 private:
  Vocabulary() = default;

  std::shared_ptr<const sentencepiece::SentencePieceProcessor> model_;
  std::shared_ptr<const std::string> bytes_;
  std::string sha256_;
  int64_t size_ = 0;
};

}  // namespace rotor

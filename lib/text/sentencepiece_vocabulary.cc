#include "text/sentencepiece_vocabulary.h"

#include "text/sentencepiece.h"

namespace rotor {

namespace {

using sentencepiece::SentencePieceProcessor;

constexpr const char* kWordBegin = "▁";  ///< stands for the blank before a word
constexpr const char* kMask = "<mask>";

class SentencePieceVocabulary : public VocabularyModel {
 public:
  SentencePieceVocabulary(const std::string& bytes, const std::string& origin) {
    load_sentencepiece(model_, bytes, origin);
    const SpecialTokens found{
        .bos = model_.bos_id(), .pad = model_.pad_id(), .eos = model_.eos_id(), .unk = model_.unk_id()};
    ROTOR_CHECK(found == specials_,
                "{}: expected the special tokens <s> {}, <pad> {}, </s> {} and <unk> {}, got {}, {}, {} and {}; train "
                "the model with rotor-preprocess, or with --bos_id=0 --pad_id=1 --eos_id=2 --unk_id=3",
                origin, specials_.bos, specials_.pad, specials_.eos, specials_.unk, found.bos, found.pad, found.eos,
                found.unk);
    const int mask = model_.PieceToId(kMask);
    if (model_.IsControl(mask)) specials_.mask = mask;  // a user's own <mask> is text
  }

  const SpecialTokens& specials() const override { return specials_; }
  int64_t size() const override { return model_.GetPieceSize(); }

  std::vector<int32_t> encode(std::string_view text) const override {
    std::vector<int> ids;
    refuse_long_unknown(model_, text);
    const auto status = model_.Encode(text, &ids);
    ROTOR_CHECK(status.ok(), "expected text that SentencePiece can encode, got \"{}\": {}", text, reason(status));
    return ids;
  }

  std::vector<std::string> spell(std::string_view text) const override {
    std::vector<std::string> texts;
    refuse_long_unknown(model_, text);
    const auto encoded = model_.EncodeAsImmutableProto(text);  // holds what its pieces point to
    for (const auto& piece : encoded.pieces()) {
      texts.push_back(piece.id() == static_cast<uint32_t>(specials_.unk) ? piece.surface() : piece.piece());
    }
    return texts;
  }

  std::string decode(std::span<const int32_t> ids) const override {
    std::string text;
    const auto status = model_.Decode(std::vector<int>(ids.begin(), ids.end()), &text);
    ROTOR_CHECK(status.ok(), "expected ids that SentencePiece can decode: {}", reason(status));
    return text;
  }

  std::string join(const std::vector<std::string>& pieces) const override {
    std::string text;
    const auto status = model_.Decode(pieces, &text);
    ROTOR_CHECK(status.ok(), "expected pieces that SentencePiece can decode: {}", reason(status));
    return text;
  }

  const std::string& piece(int32_t id) const override { return model_.IdToPiece(id); }
  float score(int32_t id) const override { return model_.GetScore(id); }
  int32_t id(std::string_view piece) const override { return model_.PieceToId(piece); }
  bool cuts_words() const override { return true; }
  bool begins_word(int32_t id) const override { return piece(id).starts_with(kWordBegin); }
  bool is_lossless() const override { return false; }

 private:
  SentencePieceProcessor model_;
  SpecialTokens specials_;
};

}  // namespace

std::unique_ptr<const VocabularyModel> sentencepiece_vocabulary(const std::string& bytes, const std::string& origin) {
  return std::make_unique<SentencePieceVocabulary>(bytes, origin);
}

}  // namespace rotor

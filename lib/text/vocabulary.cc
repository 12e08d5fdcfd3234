#include "text/vocabulary.h"

#include <array>
#include <exception>
#include <utility>

#include "base/check.h"
#include "base/files.h"
#include "text/model_check.h"
#include "text/sentencepiece.h"
#include "text/token_batch.h"

namespace rotor {

namespace {

/// False if the library refuses the model: by its status, or by an exception, as it does with an empty piece.
bool load(sentencepiece::SentencePieceProcessor& model, const std::string& bytes) {
  try {
    return model.LoadFromSerializedProto(bytes).ok();
  } catch (const std::exception&) {
    return false;
  }
}

void check_special_ids(const sentencepiece::SentencePieceProcessor& model, const std::string& origin) {
  const std::array<std::pair<int, int>, 4> found_and_expected = {
      {{model.bos_id(), kBos}, {model.pad_id(), kPad}, {model.eos_id(), kEos}, {model.unk_id(), kUnk}}};
  for (const auto& [found, expected] : found_and_expected) {
    ROTOR_CHECK(
        found == expected,
        "{}: expected the special tokens <s> {}, <pad> {}, </s> {} and <unk> {}, got {}, {}, {} and {}; train the "
        "model "
        "with rotor-preprocess, or with --bos_id=0 --pad_id=1 --eos_id=2 --unk_id=3",
        origin, kBos, kPad, kEos, kUnk, model.bos_id(), model.pad_id(), model.eos_id(), model.unk_id());
  }
}

}  // namespace

Vocabulary Vocabulary::from_bytes(std::string bytes, const std::string& origin) {
  quiet_sentencepiece();
  auto model = std::make_shared<sentencepiece::SentencePieceProcessor>();
  ROTOR_CHECK(is_sound_model(bytes) && load(*model, bytes),
              "{}: expected a SentencePiece model, got {} bytes that are none or are corrupted", origin, bytes.size());
  check_special_ids(*model, origin);
  Vocabulary vocabulary;
  vocabulary.size_ = model->GetPieceSize();
  vocabulary.model_ = std::move(model);
  vocabulary.sha256_ = rotor::sha256(bytes);
  vocabulary.bytes_ = std::make_shared<const std::string>(std::move(bytes));
  return vocabulary;
}

Vocabulary Vocabulary::from_file(const std::filesystem::path& path) {
  return from_bytes(std::string(MappedFile(path).bytes()), path.string());
}

std::vector<int32_t> Vocabulary::encode(std::string_view text) const {
  std::vector<int> ids;
  const auto status = model_->Encode(text, &ids);
  ROTOR_CHECK(status.ok(), "expected text that SentencePiece can encode, got \"{}\": {}", text, reason(status));
  return ids;
}

std::vector<std::string> Vocabulary::spell(std::string_view text) const {
  std::vector<std::string> texts;
  const auto encoded = model_->EncodeAsImmutableProto(text);  // holds what its pieces point to
  for (const auto& piece : encoded.pieces()) {
    texts.push_back(piece.id() == static_cast<uint32_t>(kUnk) ? piece.surface() : piece.piece());
  }
  return texts;
}

std::string Vocabulary::decode(std::span<const int32_t> ids) const {
  std::vector<int> kept;
  for (int32_t id : ids) {
    ROTOR_CHECK(id >= 0 && id < size_, "expected token ids below {}, the vocabulary's size, got {}", size_, id);
    if (id != kBos && id != kPad && id != kEos) kept.push_back(id);
  }
  std::string text;
  const auto status = model_->Decode(kept, &text);
  ROTOR_CHECK(status.ok(), "expected ids that SentencePiece can decode: {}", reason(status));
  return text;
}

std::string Vocabulary::decode(std::span<const int32_t> ids, std::span<const std::string> unknown) const {
  if (unknown.empty()) return decode(ids);
  std::vector<std::string> pieces;
  for (int32_t id : ids) {
    if (id == kBos || id == kPad || id == kEos) continue;
    const bool replaced = id == kUnk && !unknown.empty();
    pieces.push_back(replaced ? unknown.front() : piece(id));
    if (replaced) unknown = unknown.subspan(1);
  }
  std::string text;
  const auto status = model_->Decode(pieces, &text);
  ROTOR_CHECK(status.ok(), "expected pieces that SentencePiece can decode: {}", reason(status));
  return text;
}

const std::string& Vocabulary::piece(int32_t id) const {
  ROTOR_CHECK(id >= 0 && id < size_, "expected a token id below {}, the vocabulary's size, got {}", size_, id);
  return model_->IdToPiece(id);
}

float Vocabulary::score(int32_t id) const {
  ROTOR_CHECK(id >= 0 && id < size_, "expected a token id below {}, the vocabulary's size, got {}", size_, id);
  return model_->GetScore(id);
}

int32_t Vocabulary::id(std::string_view piece) const {
  return model_->PieceToId(piece);
}

}  // namespace rotor

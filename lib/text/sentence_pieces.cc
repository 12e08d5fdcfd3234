#include "text/sentence_pieces.h"

#include "base/files.h"
#include "base/mapped_file.h"
#include "text/model_check.h"
#include "text/sentencepiece.h"

namespace rotor {

SentencePieces::SentencePieces(const std::filesystem::path& path) {
  quiet_sentencepiece();
  const std::string bytes(MappedFile(path).bytes());
  auto model = std::make_shared<sentencepiece::SentencePieceProcessor>();
  ROTOR_CHECK(is_sound_model(bytes) && model->LoadFromSerializedProto(bytes).ok(),
              "{}: expected a SentencePiece model, got {} bytes that are none or are corrupted", path.string(),
              bytes.size());
  model_ = std::move(model);
  sha256_ = rotor::sha256(bytes);
}

std::vector<std::string> SentencePieces::split(std::string_view text) const {
  std::vector<std::string> pieces;
  const auto status = model_->Encode(text, &pieces);
  ROTOR_CHECK(status.ok(), "expected text that SentencePiece can split, got \"{}\": {}", text, reason(status));
  return pieces;
}

}  // namespace rotor

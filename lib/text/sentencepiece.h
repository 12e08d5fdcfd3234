// Functions that this module's files share for SentencePiece: they silence its messages, check what it loads, and turn
// its status into an Error.
#pragma once

#include <sentencepiece_processor.h>

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/excerpt.h"
#include "text/model_check.h"

namespace sentencepiece::logging {
void SetMinLogLevel(int level);  // exported by the library, declared by none of its public headers
}

namespace rotor {

/// Silences SentencePiece's own messages to standard error: its status holds the same information.
inline void quiet_sentencepiece() {
  constexpr int kFatal = 3;
  sentencepiece::logging::SetMinLogLevel(kFatal);
}

/// The last sentence of a status, without the library's source file, line and expression, on one line; those if there
/// is no sentence.
inline std::string reason(const sentencepiece::util::Status& status) {
  std::string text = status.error_message();
  if (const size_t bracket = text.rfind("] "); bracket != std::string::npos && bracket + 2 < text.size()) {
    text.erase(0, bracket + 2);
  }
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

/// Loads a serialized model. Bytes that are none are an Error that names `origin`. The library refuses a model by its
/// status, or by an exception, as it does with an empty piece.
inline void load_sentencepiece(sentencepiece::SentencePieceProcessor& model, const std::string& bytes,
                               const std::string& origin) {
  quiet_sentencepiece();
  ROTOR_CHECK(!bytes.empty(), "{}: expected a SentencePiece model or BERT's vocab.txt, got an empty file", origin);
  bool loaded = is_sound_model(bytes);
  try {
    loaded = loaded && model.LoadFromSerializedProto(bytes).ok();
  } catch (const std::exception&) {
    loaded = false;
  }
  ROTOR_CHECK(
      loaded,
      "{}: expected a SentencePiece model or BERT's vocab.txt, got {} bytes that are none or are corrupted; get "
      "the file anew",
      origin, bytes.size());
}

/// Whether a model lacks nearly all of a text, so that one unknown piece stands for it.
inline bool is_one_unknown(const sentencepiece::SentencePieceProcessor& model, std::string_view text) {
  constexpr size_t kFew = 8;  // pieces at the ends, where characters are cut
  const auto encoded = model.EncodeAsImmutableProto(text);
  if (encoded.pieces_size() > kFew) return false;
  const auto pieces = encoded.pieces();
  return std::any_of(pieces.begin(), pieces.end(), [&](const auto& piece) {
    return piece.id() == static_cast<uint32_t>(model.unk_id()) && piece.surface().size() > text.size() / 2;
  });
}

/// An Error for a text with some 200,000 bytes in a row that the model lacks. SentencePiece joins such characters one
/// by one and copies all before each time: a megabyte of them would take most of a minute. Blocks of a few thousand
/// bytes tell it in time.
inline void refuse_long_unknown(const sentencepiece::SentencePieceProcessor& model, std::string_view text) {
  constexpr size_t kBlock = 4000, kMost = 50 * kBlock;
  size_t unknown = 0;  // bytes in a row
  for (size_t begin = 0; begin < text.size() && text.size() > kMost; begin += kBlock) {
    const std::string_view block = text.substr(begin, kBlock);
    unknown = is_one_unknown(model, block) ? unknown + block.size() : 0;
    ROTOR_CHECK(unknown < kMost,
                "expected at most some {} bytes in a row of characters that the vocabulary lacks, got more in a text "
                "of {} bytes that begins \"{}\"; remove them, or use a vocabulary that has them",
                kMost, text.size(), excerpt(text));
  }
}

}  // namespace rotor

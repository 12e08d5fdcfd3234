// Functions that this module's files share for SentencePiece: they silence its messages, check what it loads, and turn
// its status into an Error.
#pragma once

#include <sentencepiece_processor.h>

#include <exception>
#include <string>

#include "base/check.h"
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

}  // namespace rotor

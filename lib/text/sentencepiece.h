// Functions that this module's files share for SentencePiece: they silence its messages and turn its status into an
// Error.
#pragma once

#include <sentencepiece_processor.h>

#include <string>

#include "base/check.h"

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

}  // namespace rotor

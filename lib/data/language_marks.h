// The tokens that tell a model of many languages, such as M2M100 and NLLB, what to translate between: a source begins
// with that of its language, or has it after its </s>, and a translation begins with that of the target's.
#pragma once

#include <cstdint>
#include <string>

#include "data/corpus_folder.h"

namespace rotor {

/// The tokens that mark texts of two languages; −1: none.
struct LanguageMarks {
  int32_t source = -1, target = -1;
  bool source_last = false;  ///< the source's comes after </s>
};

/// The marks of two languages by name. Vocabularies that know many need both, those that know none take none: a
/// UsageError that names `origin`, what they belong to, and lists what they know.
LanguageMarks language_marks(const std::string& source, const std::string& target, const Vocabularies& vocabularies,
                             const std::string& origin);

}  // namespace rotor

// The tokens that tell a model of many languages, such as M2M100 and NLLB, what to translate between: a source begins
// with that of its language, and every hypothesis with that of the target's, which costs it nothing.
#pragma once

#include <string>

#include "data/corpus_folder.h"
#include "search/requests.h"

namespace rotor {

/// The marks of two languages by name. A model that knows many needs both, one that knows none takes none: a UsageError
/// that names `model` and lists what it knows.
LanguageMarks language_marks(const std::string& source, const std::string& target, const Vocabularies& vocabularies,
                             const std::string& model);

}  // namespace rotor

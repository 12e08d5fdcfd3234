// From raw parallel text to a corpus folder: checks and cleans the text, trains SentencePiece on what is left or takes
// given models, binarises each split, and writes a manifest of all that. A split is two files, prefix.language, plain
// or compressed, line n of one the translation of line n of the other; pairs of which a side is blank are dropped and
// counted in every split, those that the cleaning options name in the training split only.
#pragma once

#include "data/preprocess_options.h"

namespace rotor {

/// Writes the folder `destdir` and logs what was read and dropped. A UsageError if the options do not go together; an
/// Error if a file is missing, empty, damaged, not UTF-8 or of another length than its translation, if nothing is left
/// of a split, or if the folder cannot be written. The corpus depends on no number of workers.
void preprocess(const PreprocessOptions& options);

}  // namespace rotor

// The work of rotor-preprocess, from raw text to a corpus folder: it checks and cleans the text, trains SentencePiece
// on the clean text or takes given vocabularies, binarises each split, and writes a manifest. For translation a split
// is two files, prefix.language, plain or compressed, line n of one the translation of line n of the other; pairs with
// a blank side are dropped and counted in every split, pairs that the cleaning options name only in the training split.
// For a language model it is one file, whose blank lines end documents and stay. For models of whole sentences it is a
// table (data/preprocess_tables.h).
#pragma once

#include "data/preprocess_options.h"

namespace rotor {

/// Writes the folder `destdir` and logs what was read and dropped. Throws a UsageError if the options contradict each
/// other, and an Error if a file is missing, empty, damaged, not UTF-8 or of another length than its translation, if no
/// line of a split is left, or if the folder cannot be written. The corpus does not depend on the number of workers.
void preprocess(const PreprocessOptions& options);

}  // namespace rotor

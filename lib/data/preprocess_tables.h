// The work of rotor-preprocess on tables of labelled texts (data/table_reader.h), for models of whole sentences. Each
// split is read twice: first its rows are checked and their labels collected, then they are encoded. The classes are
// the labels of the training rows, or those of another corpus or model; other labels are refused. All splits but
// `train` keep their text. A test split may come without the column of labels, as tests of competitions do.
#pragma once

#include "data/preprocess_options.h"

namespace rotor {

/// Writes the folder `destdir` and logs what was read and left out. Throws a UsageError if the options contradict each
/// other, and an Error for what TableReader and RowLabels refuse, for classes that neither rows nor options give, and
/// if the folder cannot be written. The corpus does not depend on the number of workers.
void preprocess_tables(const PreprocessOptions& options);

}  // namespace rotor

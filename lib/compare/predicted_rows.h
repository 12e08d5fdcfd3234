// The file of rotor-evaluate --predictions, read beside the labels of the rows.
#pragma once

#include <filesystem>

#include "data/corpus.h"
#include "score/judged_rows.h"

namespace rotor {

/// The predictions of the rows of a corpus, among so many classes or candidates, or with 0 of numbers. A file of
/// another number of rows, and a row without a prediction, are an Error.
JudgedRows read_predicted_rows(const std::filesystem::path& path, const Corpus& corpus, int64_t choices);

}  // namespace rotor

// Scores from the literature that a report shows beside what it measured, labelled as published.
#pragma once

#include <filesystem>

#include "page/page.h"

namespace rotor {

/// A table of a file of comma-separated values (page/csv_file.h) with a header: a score each row, such as source, task,
/// model, encoding, score, note. Columns of numbers are set as such; an empty cell means unknown. A file of another
/// form or without rows is an Error that names it.
Table published_table(const std::filesystem::path& file);

}  // namespace rotor

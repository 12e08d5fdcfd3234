#include "data/column_tally.h"

#include <fmt/format.h>

#include <algorithm>

namespace rotor {

std::string BinarisedColumn::text() const {
  const double percent = tokens == 0 ? 0 : 100.0 * static_cast<double>(unknown) / static_cast<double>(tokens);
  return fmt::format("{} tokens, {:.3f} % unknown", tokens, percent);
}

void ColumnTally::add(const std::string& line, const std::vector<int32_t>& ids) {
  column_.tokens += std::ssize(ids);
  column_.unknown += std::count(ids.begin(), ids.end(), unknown_);
  digest_.add(line);
  digest_.add("\n");
}

BinarisedColumn ColumnTally::finish() {
  column_.sha256 = digest_.hex();
  return column_;
}

}  // namespace rotor

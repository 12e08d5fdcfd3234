#include "search/search_input.h"

#include <algorithm>

namespace rotor {

int64_t max_length(const SearchInput& input, const SearchOptions& options) {
  const auto prompt = std::ssize(input.prompt), given = std::ssize(input.source) + prompt;
  const double length = options.max_len_a * static_cast<double>(given) + static_cast<double>(options.max_len_b);
  const int64_t positions = std::max<int64_t>(0, options.max_target_positions - 1 - prompt);
  return static_cast<int64_t>(std::min(length, static_cast<double>(positions)));
}

}  // namespace rotor

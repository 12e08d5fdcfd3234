#include "serve/search_work.h"

#include <algorithm>

namespace rotor {

int64_t most_work(const SearchInput& input, const SearchOptions& options) {
  return options.beam * (max_length(input, options) + 1);
}

int64_t likely_work(const SearchInput& input, const SearchOptions& options) {
  const int64_t likely = std::max<int64_t>(2 * std::ssize(input.source) + 10, options.min_len);
  return options.beam * (std::min(likely, max_length(input, options)) + 1);
}

int64_t most_weights(const SearchInput& input, const SearchOptions& options) {
  return options.nbest * (max_length(input, options) + 1) * std::ssize(input.source);
}

}  // namespace rotor

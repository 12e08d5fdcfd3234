// White space as Python's str.split() and str.rstrip() see it (str.isspace: Unicode's White_Space and the separators
// U+001C to U+001F). sacreBLEU cuts segments into words with them, so scores depend on exactly this set.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rotor {

bool is_python_space(char32_t code_point);

/// The words of UTF-8 `text`: its longest runs without white space. They point into `text`.
std::vector<std::string_view> split_words(std::string_view text);

/// The words of UTF-8 `text` with single spaces between.
std::string single_spaced(std::string_view text);

/// UTF-8 `text` without the white space at its end.
std::string_view strip_right(std::string_view text);

}  // namespace rotor

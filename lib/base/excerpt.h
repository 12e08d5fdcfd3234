// Texts of files in messages, which are one line.
#pragma once

#include <string>
#include <string_view>

namespace rotor {

/// The beginning of a text, at most `most` characters of it, with "…" if there is more; control characters such as tabs
/// and ends of lines are blanks. Bytes that are no UTF-8 make it no longer.
std::string excerpt(std::string_view utf8, size_t most = 60);

}  // namespace rotor

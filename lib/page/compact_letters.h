// The compact letter display: which rows of a table cannot be told apart.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace rotor {

/// A text of letters for each of n rows, such that two rows share a letter if and only if they do not differ (Piepho
/// 2004, the algorithm "insert and absorb"). The first letters belong to the first rows: sort them before. After z come
/// aa, ab …, then letters are separated by blanks.
std::vector<std::string> compact_letters(size_t n, const std::function<bool(size_t, size_t)>& differ);

}  // namespace rotor

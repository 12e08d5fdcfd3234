#include "page/compact_letters.h"

#include <algorithm>

namespace rotor {
namespace {

using Rows = std::vector<bool>;  // those that have a letter

bool contains(const Rows& rows, const Rows& others) {
  for (size_t i = 0; i < rows.size(); ++i) {
    if (others[i] && !rows[i]) return false;
  }
  return true;
}

/// Leaves out letters whose rows all have another letter in common.
std::vector<Rows> absorbed(const std::vector<Rows>& letters) {
  std::vector<Rows> kept;
  for (size_t a = 0; a < letters.size(); ++a) {
    bool needed = true;
    for (size_t b = 0; b < letters.size() && needed; ++b) {
      const bool covers = a != b && contains(letters[b], letters[a]);
      needed = !covers || (letters[a] == letters[b] && a < b);
    }
    if (needed) kept.push_back(letters[a]);
  }
  return kept;
}

/// a … z, aa, ab …
std::string letter(size_t number) {
  const std::string last(1, static_cast<char>('a' + number % 26));
  return number < 26 ? last : letter(number / 26 - 1) + last;
}

}  // namespace

std::vector<std::string> compact_letters(size_t n, const std::function<bool(size_t, size_t)>& differ) {
  std::vector<Rows> letters{Rows(n, true)};
  for (size_t a = 0; a < n; ++a) {
    for (size_t b = a + 1; b < n; ++b) {
      if (!differ(a, b)) continue;
      std::vector<Rows> split;
      for (const Rows& rows : letters) {
        split.push_back(rows);
        if (!rows[a] || !rows[b]) continue;
        split.push_back(rows);
        split[split.size() - 2][b] = false;
        split.back()[a] = false;
      }
      letters = absorbed(split);
    }
  }
  std::sort(letters.begin(), letters.end(), std::greater());
  std::vector<std::string> texts(n);
  for (size_t l = 0; l < letters.size(); ++l) {
    for (size_t i = 0; i < n; ++i) {
      if (!letters[l][i]) continue;
      if (letters.size() > 26 && !texts[i].empty()) texts[i] += ' ';
      texts[i] += letter(l);
    }
  }
  return texts;
}

}  // namespace rotor

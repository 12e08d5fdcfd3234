// The tokeniser "13a" of corpus BLEU: what WMT's mteval-v13a.pl does to Western languages, as sacreBLEU 2 replicates it
// (Post, "A Call for Clarity in Reporting BLEU Scores", 2018). It unescapes four entities, sets symbols apart, sets
// periods and commas apart unless between digits, and sets a dash after a digit apart.
#pragma once

#include <string>
#include <string_view>

namespace rotor {

/// The tokens of a UTF-8 segment joined by single spaces; white space at its end is dropped first.
std::string tokenize_13a(std::string_view segment);

}  // namespace rotor

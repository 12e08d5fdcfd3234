// The rewriting of text by mteval-v13a.pl, whose rules concern ASCII only: the functions work on bytes.
#pragma once

#include <string>

namespace rotor {

/// Replaces the entities of mteval-v13a.pl by their characters: &quot; &amp; &lt; &gt;, in this order.
void unescape_entities(std::string& text);

/// The first rules of mteval-v13a.pl: sets ASCII symbols other than ' , - . apart.
std::string separate_symbols(const std::string& text);
/// The next rules of mteval-v13a.pl: sets periods and commas apart unless between digits, then a dash after a digit.
std::string separate_stops(const std::string& text);

}  // namespace rotor

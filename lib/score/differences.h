// The words in which a translation and its reference differ: the tokens of BLEU that are not in their longest common
// subsequence, marked within the unchanged texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rotor {

/// A part of a text; the parts of a text follow one another.
struct Piece {
  std::string text;
  bool differs = false;
  bool operator==(const Piece&) const = default;
};

struct Differences {
  std::vector<Piece> hypothesis, reference;
};

/// Texts are cut by the tokeniser 13a; entities (&amp;) and line breaks appear as it rewrites them.
Differences differences(std::string_view hypothesis, std::string_view reference);

/// The text with its differing parts in brackets: "Der [Hund] läuft".
std::string bracketed(const std::vector<Piece>& pieces);

}  // namespace rotor

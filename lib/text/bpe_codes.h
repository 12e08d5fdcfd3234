// Merges of byte pair encoding (Sennrich et al. 2016) in the order they were learned: a file of subword-nmt or fastBPE.
//
//   const BpeCodes codes("#version: 0.2\nl o\nlo w</w>\n", "codes");
//   codes.cut("low");   // {"low"}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rotor {

class BpeCodes {
 public:
  using Ranks = std::unordered_map<std::string, int64_t>;

  /// `text` has a merge a line, two symbols and in fastBPE's files a count; the first line may name subword-nmt's
  /// version. The end of a word is the symbol "</w>", which belongs to the last letter, but in subword-nmt's version
  /// 0.1 (no such line, no counts) stands alone. Other lines are an Error that names `origin`. An empty text has no
  /// merges.
  BpeCodes(std::string_view text, const std::string& origin);

  /// The parts of a word, whose concatenation it is; the word itself if there are no merges at all.
  std::vector<std::string> cut(std::string_view word) const;

 private:
  void add(std::string_view line, int64_t number, const std::string& origin);

  Ranks ranks_;  ///< of two symbols with a space between them
  bool end_stands_alone_ = false;
};

}  // namespace rotor

// The scripts in which a language is written, and the share of a text in these scripts, by ICU: "de" is written in
// Latin, "sr" in Cyrillic, "ja" in Kanji, Hiragana and Katakana. A name may say its script: "sr_Latn", "zho_Hant".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rotor {

class Scripts {
 public:
  /// The scripts of a language, given by its code; a language of which ICU knows no script is an Error.
  explicit Scripts(const std::string& language);

  /// The share of a text's letters that is in these scripts, from 0 to 1; 1 if there are no letters. Letters that all
  /// scripts share do not count.
  double share(std::string_view utf8) const;

 private:
  std::vector<int32_t> codes_;  ///< ICU's script codes
};

}  // namespace rotor

// The scripts that a language is written in, and how much of a text is in them, by ICU: "de" is written in Latin, "sr"
// in Cyrillic, "ja" in Kanji, Hiragana and Katakana. A name may say its script: "sr_Latn", "zho_Hant".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rotor {

class Scripts {
 public:
  /// Of a language, by its code; an Error if ICU knows no script of it.
  explicit Scripts(const std::string& language);

  /// Which share of the letters of a text is in these scripts, from 0 to 1; 1 where there are no letters. Letters that
  /// all scripts share do not count.
  double share(std::string_view utf8) const;

 private:
  std::vector<int32_t> codes_;  ///< ICU's
};

}  // namespace rotor

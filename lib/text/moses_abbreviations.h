// The abbreviations whose period Moses' tokenizer leaves at the word wherever it stands: "Dr. No" in English, "am 3.
// Mai" in German. Those with a period inside, such as "z.B.", need no entry.
#pragma once

#include <functional>
#include <set>
#include <string>

namespace rotor {

/// Words without their period: those that keep it always, and those that keep it before a number ("No. 5").
struct MosesAbbreviations {
  std::set<std::string, std::less<>> always, before_number;
};

/// The abbreviations of a language by its ISO 639 code, those of English if it has no list of its own.
const MosesAbbreviations& moses_abbreviations(const std::string& language);

}  // namespace rotor

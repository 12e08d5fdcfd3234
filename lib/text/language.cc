#include "text/language.h"

#include <unicode/locid.h>
#include <unicode/unistr.h>

namespace rotor {

std::string language_name(const std::string& code) {
  if (code.empty()) return "";  // ICU would call it unknown
  icu::UnicodeString name;
  icu::Locale::createCanonical(code.c_str()).getDisplayName(icu::Locale::getEnglish(), name);
  std::string utf8;
  name.toUTF8String(utf8);
  return utf8.empty() ? code : utf8;
}

std::string base_language(const std::string& code) {
  const std::string language = icu::Locale::createCanonical(code.c_str()).getLanguage();
  const bool known = !language.empty() && language_name(language) != language;
  return known ? language : "";
}

}  // namespace rotor

// Names and codes of languages.
#pragma once

#include <string>

namespace rotor {

/// The English name of a language by its code: de gives "German", pt_BR "Portuguese (Brazil)"; an unknown code itself.
std::string language_name(const std::string& code);

/// The ISO 639 code of a language without its script and region: de of de, deu, de_CH and deu_Latn. It is empty for a
/// language that is not known.
std::string base_language(const std::string& code);

}  // namespace rotor

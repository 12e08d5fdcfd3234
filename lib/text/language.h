// Names of languages.
#pragma once

#include <string>

namespace rotor {

/// The English name of a language by its code: de gives "German", pt_BR "Portuguese (Brazil)"; an unknown code itself.
std::string language_name(const std::string& code);

}  // namespace rotor

// An option's value as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/option.h"

namespace rotor {

/// The value now: a boolean, a number, a text or a list of texts. JSON has no infinite numbers: they are the texts
/// "inf" and "-inf".
nlohmann::ordered_json json_of(const Option& option);

/// Sets the target. Where the option does not take the value it says why, as Option::fault does, and leaves the target.
std::string set_from_json(const Option& option, const nlohmann::ordered_json& json);

}  // namespace rotor

// Whether a JSON value can become an option's, by its type.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace rotor {

bool fits(const nlohmann::ordered_json& json, const bool*);
bool fits(const nlohmann::ordered_json& json, const int64_t*);  ///< whole, and of 64 bits with a sign
bool fits(const nlohmann::ordered_json& json, const double*);
bool fits(const nlohmann::ordered_json& json, const std::string*);
bool fits(const nlohmann::ordered_json& json, const std::vector<std::string>*);

}  // namespace rotor

#include "base/option_json.h"

#include <algorithm>

#include "base/json.h"

namespace rotor {

using Json = nlohmann::ordered_json;

bool fits(const Json& json, const bool*) {
  return json.is_boolean();
}
bool fits(const Json& json, const int64_t*) {
  return json.is_number_integer() && !(json.is_number_unsigned() && json.get<uint64_t>() > INT64_MAX);
}
bool fits(const Json& json, const double*) {
  return json.is_number();
}
bool fits(const Json& json, const std::string*) {
  return json.is_string();
}
bool fits(const Json& json, const std::vector<std::string>*) {
  return json.is_array() && std::all_of(json.begin(), json.end(), [](const Json& item) { return item.is_string(); });
}

}  // namespace rotor

#include "base/option_json.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/option_text.h"

namespace rotor {

using Json = nlohmann::ordered_json;

namespace {

bool is_infinite(const Json& json) {
  return json == "inf" || json == "-inf";
}

bool has_type(const Json& json, const bool*) {
  return json.is_boolean();
}
bool has_type(const Json& json, const int64_t*) {
  return json.is_number_integer() && !(json.is_number_unsigned() && json.get<uint64_t>() > INT64_MAX);
}
bool has_type(const Json& json, const double*) {
  return json.is_number() || is_infinite(json);
}
bool has_type(const Json& json, const std::string*) {
  return json.is_string();
}
bool has_type(const Json& json, const Texts*) {
  return json.is_array() && std::all_of(json.begin(), json.end(), [](const Json& item) { return item.is_string(); });
}

void read_json(const Json& json, double& value) {
  value = !is_infinite(json) ? json.get<double>() : json == "inf" ? INFINITY : -INFINITY;
}
template <typename T>
void read_json(const Json& json, T& value) {
  json.get_to(value);
}

}  // namespace

Json json_of(const Option& option) {
  return std::visit(
      [](auto* value) {
        if constexpr (std::is_same_v<decltype(value), double*>) {
          if (std::isinf(*value)) return Json(*value > 0 ? "inf" : "-inf");
        }
        return Json(*value);
      },
      option.target);
}

std::string set_from_json(const Option& option, const Json& json) {
  return std::visit(
      [&](auto* target) -> std::string {
        if (!has_type(json, target)) {
          return fmt::format("expects {}, got {}", option.expected(),
                             json.dump(-1, ' ', true, Json::error_handler_t::replace));
        }
        auto value = *target;
        read_json(json, value);
        std::string fault = option.fault(print_value(value));
        if (fault.empty()) *target = std::move(value);
        return fault;
      },
      option.target);
}

}  // namespace rotor

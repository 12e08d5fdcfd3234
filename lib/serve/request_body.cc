#include "serve/request_body.h"

#include <algorithm>
#include <memory>
#include <set>

#include "base/files.h"
#include "base/json.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

/// Watches a body while it is read.
class Reading {
 public:
  explicit Reading(const BodyForm& form) : form_(form) {}

  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    const bool opens = event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    if (opens && depth >= form_.deepest)
      refuse_request(400, "expected nothing deeper than {}; send {}", form_.contents, form_.example);
    if (event == Json::parse_event_t::key) {
      const auto name = parsed.get<std::string>();
      if (!keys_.insert(option_key(name)).second) refuse_request(400, "expected '{}' once, got it twice", name);
      check_names(keys_.size());
    }
    return true;
  }

  /// The name of an option as Options::from_json knows it.
  static std::string option_key(std::string name) {
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
  }

 private:
  const BodyForm form_;
  std::set<std::string> keys_;
};

Json parse(const std::string& body, const BodyForm& form) {
  if (body.empty()) refuse_request(400, "expected a JSON object, got an empty body; send {}", form.example);
  if (!is_utf8(body)) refuse_request(400, "expected UTF-8, got other bytes; encode the request as UTF-8");
  Json object;
  try {
    object = Json::parse(
        body, [reading = std::make_shared<Reading>(form)](int depth, Json::parse_event_t event, const Json& parsed) {
          return (*reading)(depth, event, parsed);
        });
  } catch (const Json::parse_error& error) {
    refuse_request(400, "expected JSON, got something else at byte {}; send {}", error.byte, form.example);
  } catch (const Json::exception&) {
    refuse_request(400, "expected numbers that 64 bits hold, got a larger one; send {}", form.example);
  }
  if (!object.is_object())
    refuse_request(400, "expected a JSON object, got {}; send {}", object.type_name(), form.example);
  return object;
}

}  // namespace

Json read_body(const std::string& body, const BodyForm& form) {
  Json renamed = Json::object(), object = parse(body, form);
  for (auto& [name, value] : object.items()) renamed[Reading::option_key(name)] = std::move(value);
  return renamed;
}

void check_names(size_t count) {
  constexpr size_t kMost = 100;
  if (count > kMost) refuse_request(400, "expected at most {} names, got more", kMost);
}

std::string take_api_key(Json& object) {
  const auto key = object.find("api_key");
  if (key == object.end()) return "";
  if (!key->is_string()) refuse_request(400, "expected 'api_key' to be a text, got {}", key->type_name());
  std::string text = key->get<std::string>();
  object.erase(key);
  return text;
}

}  // namespace rotor

#include "serve/translate_request.h"

#include <algorithm>
#include <set>

#include "base/files.h"
#include "base/json.h"
#include "serve/refusal.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kExample = R"({"text": "A sentence.", "beam": 4})";

/// Watches a body while it is read, so that nothing of it is read twice, passed over, or deeper than need be.
class Reading {
 public:
  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    const bool opens = event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    if (opens && depth > 1) refuse_request(400, "expected nothing deeper than lists of texts; send {}", kExample);
    if (event == Json::parse_event_t::key) {
      const auto name = parsed.get<std::string>();
      if (!keys_.insert(option_key(name)).second) refuse_request(400, "expected '{}' once, got it twice", name);
      if (keys_.size() > kMostKeys) refuse_request(400, "expected at most {} names, got more", kMostKeys);
    }
    return true;
  }

  /// The name of an option as Options::from_json knows it.
  static std::string option_key(std::string name) {
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
  }

 private:
  static constexpr size_t kMostKeys = 100;
  std::set<std::string> keys_;
};

Json parse(const std::string& body) {
  if (body.empty()) refuse_request(400, "expected a JSON object, got an empty body; send {}", kExample);
  if (!is_utf8(body)) refuse_request(400, "expected UTF-8, got other bytes; encode the request as UTF-8");
  Json object;
  try {
    object = Json::parse(
        body, [reading = std::make_shared<Reading>()](int depth, Json::parse_event_t event, const Json& parsed) {
          return (*reading)(depth, event, parsed);
        });
  } catch (const Json::parse_error& error) {
    refuse_request(400, "expected JSON, got something else at byte {}; send {}", error.byte, kExample);
  } catch (const Json::exception&) {
    refuse_request(400, "expected numbers that 64 bits hold, got a larger one; send {}", kExample);
  }
  if (!object.is_object()) refuse_request(400, "expected a JSON object, got {}; send {}", object.type_name(), kExample);
  return object;
}

Json with_option_keys(Json object) {
  Json renamed = Json::object();
  for (auto& [name, value] : object.items()) renamed[Reading::option_key(name)] = std::move(value);
  return renamed;
}

std::string take_api_key(Json& object) {
  const auto key = object.find("api_key");
  if (key == object.end()) return "";
  if (!key->is_string()) refuse_request(400, "expected 'api_key' to be a text, got {}", key->type_name());
  std::string text = key->get<std::string>();
  object.erase(key);
  return text;
}

/// Makes a list of the text or texts.
void normalise_texts(Json& object) {
  const auto text = object.find("text");
  if (text == object.end()) refuse_request(400, "expected the field 'text', found none; send {}", kExample);
  if (text->is_string()) *text = Json::array({*text});
  if (!text->is_array())
    refuse_request(400, "expected 'text' to be a text or a list of texts, got {}; send {}", text->type_name(),
                   kExample);
  for (const Json& item : *text) {
    if (!item.is_string())
      refuse_request(400, "expected texts in the list 'text', got {}; send {}", item.type_name(), kExample);
  }
}

void check_limits(const TranslateRequest& request, const ServeOptions& options) {
  if (std::ssize(request.texts) > options.max_queue) {
    refuse_request(413, "expected at most {} texts in a request, got {}; send them in several", options.max_queue,
                   request.texts.size());
  }
  if (request.search.beam > options.max_beam) {
    refuse_request(422, "expected beam of at most {}, got {}; ask for less, or start the server with --max-beam",
                   options.max_beam, request.search.beam);
  }
  if (request.search.max_target_positions > options.search.max_target_positions) {
    refuse_request(422,
                   "expected max-target-positions of at most {}, got {}; ask for less, or start the server with "
                   "--max-target-positions",
                   options.search.max_target_positions, request.search.max_target_positions);
  }
}

TranslateRequest read(Json object, const ServeOptions& options) {
  TranslateRequest request;
  request.api_key = take_api_key(object);
  request.libre = take_libre_fields(object, options);
  normalise_texts(object);
  request.search = options.search;
  request.split = options.split;
  Options described;
  described.add("text", request.texts, "");
  request.search.describe(described);
  described.add("split", request.split, "");
  described.add("print-alignment", request.print_alignment, "");
  described.add("replace-unk", request.replace_unk, "");
  described.add("attention", request.attention, "");
  try {
    described.from_json(object, "the request");
    request.search.check();
  } catch (const Error& error) {
    throw Refusal(400, error.what());
  }
  check_limits(request, options);
  request.search.keep_attention = request.needs_attention();
  return request;
}

}  // namespace

TranslateRequest read_translate_request(const std::string& body, const ServeOptions& options) {
  return read(with_option_keys(parse(body)), options);
}

TranslateRequest read_translate_form(const std::string& body, const ServeOptions& options) {
  Json object = form_as_json(body);
  if (!object.contains("q")) {
    refuse_request(415, "expected JSON, got a form; send {} with Content-Type: application/json", kExample);
  }
  for (const auto& [name, value] : object.items()) {
    for (const std::string& text :
         value.is_array() ? value.get<std::vector<std::string>>() : std::vector{value.get<std::string>()}) {
      if (!is_utf8(name) || !is_utf8(text))
        refuse_request(400, "expected UTF-8, got other bytes; encode the form as UTF-8");
    }
  }
  return read(std::move(object), options);
}

}  // namespace rotor

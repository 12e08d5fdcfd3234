#include "serve/translate_request.h"

#include "base/files.h"
#include "base/json.h"
#include "serve/refusal.h"
#include "serve/request_body.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kExample = R"({"text": "A sentence.", "beam": 4})";
constexpr BodyForm kForm{.example = kExample, .deepest = 2, .contents = "lists of texts"};

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
  return read(read_body(body, kForm), options);
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

#include "serve/text_request.h"

#include "base/json.h"
#include "serve/refusal.h"
#include "serve/request_body.h"
#include "text/unicode.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

constexpr BodyForm kPredictForm{.example = R"({"text": "A text."} or {"texts": [["A text.", "Its pair."]]})",
                                .deepest = 3,
                                .contents = "lists of rows"};
constexpr BodyForm kVectorForm{
    .example = R"({"text": ["A text.", "Another."], "pooling": "mean"})", .deepest = 3, .contents = "lists of rows"};

std::string text_of(const Json& item, const char* field, const BodyForm& form) {
  if (!item.is_string()) {
    refuse_request(400, "expected texts in '{}', got {}; send {}", field, item.type_name(), form.example);
  }
  return item.get<std::string>();
}

/// A row of "texts": a list of its texts, or its only text.
std::vector<std::string> row_of(const Json& item, const BodyForm& form) {
  if (!item.is_array()) return {text_of(item, "texts", form)};
  std::vector<std::string> row;
  for (const Json& text : item) row.push_back(text_of(text, "texts", form));
  return row;
}

std::vector<std::vector<std::string>> take_rows(Json& object, const BodyForm& form) {
  std::vector<std::vector<std::string>> rows;
  const bool has_text = object.contains("text"), has_texts = object.contains("texts");
  if (has_text == has_texts) {
    refuse_request(400, "expected one of the fields 'text' and 'texts', got {}; send {}", has_text ? "both" : "none",
                   form.example);
  }
  const char* field = has_text ? "text" : "texts";
  const Json value = std::move(object[field]);
  object.erase(field);
  if (has_text && value.is_string()) return {{value.get<std::string>()}};
  if (!value.is_array()) {
    refuse_request(400, "expected '{}' to be {}, got {}; send {}", field,
                   has_text ? "a text or a list of texts" : "a list of rows", value.type_name(), form.example);
  }
  for (const Json& item : value) {
    rows.push_back(has_text ? std::vector{text_of(item, field, form)} : row_of(item, form));
  }
  return rows;
}

void check_rows(const TextRequest& request, const ServeOptions& options) {
  if (std::ssize(request.rows) > options.max_queue) {
    refuse_request(413, "expected at most {} rows in a request, got {}; send them in several", options.max_queue,
                   request.rows.size());
  }
  for (size_t i = 0; i < request.rows.size(); ++i) {
    for (const std::string& text : request.rows[i]) {
      if (is_blank(text)) refuse_request(422, "row {}: expected a text, got a blank one; leave the row out", i);
    }
  }
}

TextRequest read(const std::string& body, const BodyForm& form, bool vectors, const ServeOptions& options) {
  Json object = read_body(body, form);
  TextRequest request{
      .rows = {}, .truncate = options.truncate, .pooling = options.pooling, .normalize = options.normalize};
  request.api_key = take_api_key(object);
  request.rows = take_rows(object, form);
  Options described;
  describe_truncation(described, request.truncate);
  if (vectors) describe_vectors(described, request.pooling, request.normalize);
  try {
    described.from_json(object, "the request");
  } catch (const Error& error) {
    throw Refusal(400, error.what());
  }
  check_rows(request, options);
  return request;
}

}  // namespace

TextRequest read_predict_request(const std::string& body, const ServeOptions& options) {
  return read(body, kPredictForm, false, options);
}

TextRequest read_vector_request(const std::string& body, const ServeOptions& options) {
  return read(body, kVectorForm, true, options);
}

}  // namespace rotor

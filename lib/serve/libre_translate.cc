#include "serve/libre_translate.h"

#include <algorithm>

#include "base/json.h"
#include "serve/refusal.h"
#include "serve/request_body.h"
#include "text/language.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

/// Takes a text out of an object; nothing if there is none.
std::string take_text(Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return "";
  if (!found->is_string()) refuse_request(400, "expected '{}' to be a text, got {}", name, found->type_name());
  std::string text = found->get<std::string>();
  object.erase(found);
  return text;
}

void check_language(const char* field, const std::string& code, const std::string& own) {
  if (code.empty()) refuse_request(400, "expected the field '{}', a language as 'en', found none", field);
  if (!own.empty() && code != own) {
    refuse_request(400, "expected '{}' as '{}', got '{}': this server's model translates from no other; see /languages",
                   own, field, code);
  }
}

/// The value of a JSON number, or of a form's text of digits; -1 of anything else.
int64_t whole_number(const Json& value) {
  if (value.is_number_integer()) return value.get<int64_t>();
  const std::string text = value.is_string() ? value.get<std::string>() : "";
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && !text.empty() && text.size() < 10 ? std::stoll(text) : -1;
}

int64_t take_alternatives(Json& object, int64_t most) {
  const auto found = object.find("alternatives");
  if (found == object.end()) return 0;
  const int64_t count = whole_number(*found);
  if (count < 0 || count > most) {
    refuse_request(400, "expected 'alternatives' as a whole number from 0 to {}, one less than --max-beam, got {}",
                   most, found->dump());
  }
  object.erase(found);
  return count;
}

/// Asks for a beam that is wide enough for so many translations and has equal parts for the server's groups; if that is
/// too wide for the server, for one group.
void set_beam(Json& object, int64_t translations, const ServeOptions& options) {
  const int64_t least = std::max(options.search.beam, translations);
  const int64_t groups = object.contains("diverse_beam_groups") ? 1 : options.search.diverse_beam_groups;
  const int64_t beam = (least + groups - 1) / groups * groups;
  object["beam"] = beam <= options.max_beam ? beam : least;
  if (beam > options.max_beam) object["diverse_beam_groups"] = 1;
}

}  // namespace

LibreTranslate take_libre_fields(Json& object, const ServeOptions& options) {
  LibreTranslate libre;
  const auto q = object.find("q");
  if (q == object.end()) return libre;
  if (object.contains("text")) refuse_request(400, "expected 'text' or 'q', got both; send one");
  libre.asked = true;
  libre.list = q->is_array();
  Json texts = std::move(*q);
  object.erase("q");
  object["text"] = std::move(texts);
  const std::string source = take_text(object, "source"), target = take_text(object, "target");
  libre.detect = source == "auto";
  if (!libre.detect) check_language("source", source, options.source_lang);
  check_language("target", target, options.target_lang);
  const std::string format = take_text(object, "format");
  if (!format.empty() && format != "text") {
    refuse_request(400, "expected the format 'text', got '{}'; send text without markup", format);
  }
  libre.alternatives = take_alternatives(object, options.max_beam - 1);
  if (libre.alternatives > 0) {
    object["nbest"] = libre.alternatives + 1;
    if (!object.contains("beam")) set_beam(object, libre.alternatives + 1, options);
  }
  return libre;
}

Json form_as_json(const std::string& form) {
  Json object = Json::object();
  for (size_t begin = 0; begin < form.size();) {
    const size_t end = std::min(form.find('&', begin), form.size());
    const std::string field = form.substr(begin, end - begin);
    const size_t equals = std::min(field.find('='), field.size());
    const std::string name = url_decode(field.substr(0, equals));
    std::string value = equals < field.size() ? url_decode(field.substr(equals + 1)) : "";
    const auto before = object.find(name);
    if (before == object.end()) {
      object[name] = std::move(value);
      check_names(object.size());
    } else {
      if (before->is_string()) *before = Json::array({*before});
      before->push_back(std::move(value));
    }
    begin = end + 1;
  }
  return object;
}

std::string libre_answer(const LibreTranslate& libre, const std::vector<std::vector<std::string>>& translations,
                         const ServeOptions& options) {
  Json best = Json::array(), others = Json::array();
  for (const std::vector<std::string>& ranked : translations) {
    best.push_back(ranked.empty() ? "" : ranked[0]);
    others.push_back(ranked.empty() ? Json::array() : Json(std::vector(ranked.begin() + 1, ranked.end())));
  }
  Json answer = Json::object();
  if (libre.detect && !options.source_lang.empty()) {
    const Json language = {{"confidence", 0}, {"language", options.source_lang}};
    answer["detectedLanguage"] = libre.list ? Json(std::vector<Json>(translations.size(), language)) : language;
  }
  if (libre.alternatives > 0) answer["alternatives"] = libre.list ? others : others.at(0);
  answer["translatedText"] = libre.list ? best : best.at(0);
  return answer.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string languages_answer(const ServeOptions& options) {
  if (options.source_lang.empty()) {
    refuse_request(501,
                   "the languages of this server's model are not known; start it with --source-lang and --target-lang");
  }
  Json list = Json::array();
  list.push_back({{"code", options.source_lang},
                  {"name", language_name(options.source_lang)},
                  {"targets", {options.target_lang}}});
  list.push_back(
      {{"code", options.target_lang}, {"name", language_name(options.target_lang)}, {"targets", Json::array()}});
  return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace rotor

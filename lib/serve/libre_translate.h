// The requests and answers of LibreTranslate's clients:
//   {"q": "A dog runs.", "source": "en", "target": "de"}  →  {"translatedText": "Ein Hund rennt."}
// With "alternatives": n the answer has as many other translations. "source": "auto" is the model's language: no
// language is detected.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "serve/options.h"

namespace rotor {

struct LibreTranslate {
  bool asked = false;        ///< the request has "q"
  bool list = false;         ///< "q" is a list, and so are the translations
  int64_t alternatives = 0;  ///< other translations wanted
  bool detect = false;       ///< "source" is "auto"
};

/// Turns the fields of a request with "q" into those of rotor-serve: q into text, alternatives into nbest and beam.
/// Other requests stay unchanged. Throws a Refusal (400) for languages other than those of `options`, or a format other
/// than text.
LibreTranslate take_libre_fields(nlohmann::ordered_json& object, const ServeOptions& options);

/// A form as a JSON object of strings; a field that comes again makes a list.
nlohmann::ordered_json form_as_json(const std::string& form);

/// LibreTranslate's answer for the translations of each text, the best first.
std::string libre_answer(const LibreTranslate& libre, const std::vector<std::vector<std::string>>& translations,
                         const ServeOptions& options);

/// [{"code": "en", "name": "English", "targets": ["de"]}]; a Refusal (501) where the languages are not told.
std::string languages_answer(const ServeOptions& options);

}  // namespace rotor

// The JSON objects that requests send, read with care: nothing of a body is read twice, passed over, or deeper than
// need be.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace rotor {

/// A form says what a body must look like.
struct BodyForm {
  const char* example;   ///< of a body, for those who send another
  int deepest = 2;       ///< greatest number of brackets around a value: 2 allows lists in the object
  const char* contents;  ///< of the deepest lists: "lists of texts"
};

/// Reads a body; names get underscores for hyphens, as Options::from_json knows them. One that is no JSON object of
/// that form, or not UTF-8, is a Refusal (400).
nlohmann::ordered_json read_body(const std::string& body, const BodyForm& form);

/// Refuses (400) a body of so many different names if it is more than any needs.
void check_names(size_t count);

/// Takes the key out of a body; none if there is none.
std::string take_api_key(nlohmann::ordered_json& object);

}  // namespace rotor

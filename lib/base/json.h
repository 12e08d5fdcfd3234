// JSON by nlohmann-json. Its reader and printer are compiled once, in json.cc, not in every source that uses them: that
// takes most of the time that a source with JSON needs to compile.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace nlohmann {

extern template class basic_json<ordered_map>;
extern template class detail::serializer<ordered_json>;
extern template class detail::parser<ordered_json, detail::iterator_input_adapter<std::string::const_iterator>>;
extern template class detail::parser<ordered_json, detail::iterator_input_adapter<const char*>>;
extern template class detail::lexer<ordered_json, detail::iterator_input_adapter<std::string::const_iterator>>;
extern template class detail::lexer<ordered_json, detail::iterator_input_adapter<const char*>>;

}  // namespace nlohmann

namespace rotor {

/// How deeply JSON from outside may nest. Copying and printing a value recurse, and some megabytes of brackets would
/// overflow the stack.
inline constexpr int kDeepestJson = 64;

/// Whether objects and arrays of a JSON text nest deeper than `deepest` before the text's first error.
bool is_nested_deeper(std::string_view text, int deepest = kDeepestJson);

/// Parses JSON from outside. The value of a text that is no JSON, holds a NUL byte (where the library would stop) or is
/// nested deeper than kDeepestJson is discarded: it is_discarded(), and neither an object nor an array.
nlohmann::ordered_json parse_json(std::string_view text);

}  // namespace rotor

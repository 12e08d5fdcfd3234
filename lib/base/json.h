// JSON by nlohmann-json. Its reader and printer are compiled once, in json.cc, not in every source that uses them: that
// takes most of the time that a source with JSON needs to compile.
#pragma once

#include <nlohmann/json.hpp>

namespace nlohmann {

extern template class basic_json<ordered_map>;
extern template class detail::serializer<ordered_json>;
extern template class detail::parser<ordered_json, detail::iterator_input_adapter<std::string::const_iterator>>;
extern template class detail::parser<ordered_json, detail::iterator_input_adapter<const char*>>;
extern template class detail::lexer<ordered_json, detail::iterator_input_adapter<std::string::const_iterator>>;
extern template class detail::lexer<ordered_json, detail::iterator_input_adapter<const char*>>;

}  // namespace nlohmann

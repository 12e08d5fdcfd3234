#include "base/json.h"

namespace nlohmann {

template class basic_json<ordered_map>;
template class detail::serializer<ordered_json>;
template class detail::parser<ordered_json, detail::iterator_input_adapter<std::string::const_iterator>>;
template class detail::parser<ordered_json, detail::iterator_input_adapter<const char*>>;
template class detail::lexer<ordered_json, detail::iterator_input_adapter<std::string::const_iterator>>;
template class detail::lexer<ordered_json, detail::iterator_input_adapter<const char*>>;

}  // namespace nlohmann

namespace rotor {

bool is_nested_deeper(std::string_view text, int deepest) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;  // the next character is escaped
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > deepest) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

nlohmann::ordered_json parse_json(std::string_view text) {
  if (text.find('\0') != text.npos || is_nested_deeper(text)) return nlohmann::ordered_json::value_t::discarded;
  return nlohmann::ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
}

}  // namespace rotor

#include "base/json.h"

namespace nlohmann {

template class basic_json<ordered_map>;
template class detail::serializer<ordered_json>;
template class detail::parser<ordered_json, detail::iterator_input_adapter<std::string::const_iterator>>;
template class detail::parser<ordered_json, detail::iterator_input_adapter<const char*>>;
template class detail::lexer<ordered_json, detail::iterator_input_adapter<std::string::const_iterator>>;
template class detail::lexer<ordered_json, detail::iterator_input_adapter<const char*>>;

}  // namespace nlohmann

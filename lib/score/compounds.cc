#include "score/compounds.h"

namespace rotor {

std::string split_compounds(std::string_view tokens) {
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  std::string out;
  size_t i = 0;
  while (i + 2 < tokens.size()) {
    if (tokens[i + 1] == '-' && !is_space(tokens[i]) && !is_space(tokens[i + 2])) {
      out.append(1, tokens[i]).append(" ##AT##-##AT## ").append(1, tokens[i + 2]);
      i += 3;
    } else {
      out.push_back(tokens[i++]);
    }
  }
  return out.append(tokens.substr(i));
}

}  // namespace rotor

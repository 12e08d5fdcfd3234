#include "score/result.h"

#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace rotor {

std::string Result::signature_text() const {
  std::string text;
  for (const auto& [key, value] : signature) text += fmt::format("{}{}:{}", text.empty() ? "" : "|", key, value);
  return text;
}

std::string Result::number(int width) const {
  return fmt::format("{:.{}f}", score, width);
}

std::string Result::text(int width) const {
  return fmt::format("{}|{} = {} {}", name, signature_text(), number(width), verbose);
}

std::string Result::json(int width) const {
  nlohmann::ordered_json object = {
      {"name", name},
      {"score", std::strtod(number(width).c_str(), nullptr)},
      {"signature", signature_text()},
      {"verbose_score", verbose},
  };
  for (const auto& [key, value] : signature) object[key] = value;
  return object.dump(1);
}

Result bleu_result(const BleuScore& bleu, size_t references) {
  return {"BLEU",
          bleu.score,
          bleu.verbose(),
          {{"nrefs", std::to_string(references)},
           {"case", "mixed"},
           {"eff", "no"},
           {"tok", "13a"},
           {"smooth", "exp"},
           {"version", "rotor-" ROTOR_VERSION}}};
}

}  // namespace rotor

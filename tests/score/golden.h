// What sacreBLEU says of a few hundred segments (tests/golden/score.py, metrics.py, significance.py).
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "base/json.h"

namespace rotor {

inline nlohmann::json read_golden(const std::string& name) {
  return nlohmann::json::parse(std::ifstream(ROTOR_GOLDEN "/" + name));
}

inline const nlohmann::json& golden_scores() {
  static const nlohmann::json golden = read_golden("score.json");
  return golden;
}

/// The texts of all its segments: hypotheses, references, second references.
inline std::vector<std::vector<std::string>> golden_texts() {
  std::vector<std::vector<std::string>> texts(3);
  for (const auto& segment : golden_scores()["segments"]) {
    for (size_t t = 0; t < texts.size(); ++t) texts[t].push_back(segment["texts"][t]);
  }
  return texts;
}

/// The same, and after them the `texts` of another golden file.
inline std::vector<std::vector<std::string>> golden_texts_with(const std::string& name) {
  std::vector<std::vector<std::string>> texts = golden_texts();
  const nlohmann::json golden = read_golden(name);
  for (const auto& segment : golden["texts"]) {
    for (size_t t = 0; t < texts.size(); ++t) texts[t].push_back(segment[t]);
  }
  return texts;
}

/// What sacreBLEU printed, with the version our signature carries.
inline std::string with_our_version(std::string text) {
  const std::string placeholder = "version:rotor", key = "\"version\": \"rotor";
  const std::string version = "-" ROTOR_VERSION;
  for (const auto& mark : {placeholder, key}) {
    const size_t found = text.find(mark);
    if (found != std::string::npos) text.insert(found + mark.size(), version);
  }
  return text;
}

}  // namespace rotor

// What sacremoses makes of lines and of tokens (tests/golden/moses_languages.py).
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/json.h"

namespace rotor {

inline nlohmann::json moses_golden() {
  return nlohmann::json::parse(std::ifstream(ROTOR_GOLDEN "/moses_languages.json"));
}

/// The same of other lines, in the file $ROTOR_MOSES; null where that is not set.
inline nlohmann::json other_moses_golden() {
  const char* path = std::getenv("ROTOR_MOSES");
  return path == nullptr ? nlohmann::json() : nlohmann::json::parse(std::ifstream(path));
}

}  // namespace rotor

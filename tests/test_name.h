// Names of parameterised tests.
#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <string>

namespace rotor {

/// The parameter with what GoogleTest refuses in names, such as the dash of transformer-xl, as underscores.
inline std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

}  // namespace rotor

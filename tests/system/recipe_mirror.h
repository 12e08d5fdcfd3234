// Tests of the recipes that download, with a local server that offers small archives (recipe_mirror.py).
#pragma once

#include <fmt/format.h>

#include "system/command.h"

namespace rotor {

inline const std::filesystem::path kRoot = std::filesystem::path(ROTOR_GOLDEN).parent_path().parent_path();

class RecipeTest : public testing::Test {
 protected:
  void SetUp() override {
    if (run(folder_, "python3 --version && curl --version && test -x " ROTOR_BIN "/../bin/rotor-train").exit_code !=
        0) {
      GTEST_SKIP() << "python3 or curl is not installed";
    }
  }
  /// Runs a command in the folder while the mirror of a recipe serves, with options of its own.
  CommandResult run_with_mirror(const std::string& recipe, const std::string& options, const std::string& command) {
    return run(folder_, fmt::format("python3 {}/tests/system/recipe_mirror.py {} mirror {} -- {}", kRoot.string(),
                                    recipe, options, command));
  }
  bool exists(const std::string& path) const { return std::filesystem::exists(folder_ / path); }

  ScratchFolder folder_;
};

}  // namespace rotor

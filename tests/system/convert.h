// What the tests of rotor-convert share.
#pragma once

#include "base/json.h"
#include "model/model_file.h"
#include "system/command.h"

namespace rotor {

/// Commands in a folder of their own; the tests are skipped where rotor-convert cannot run.
class ConvertTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(ROTOR_BIN "/rotor-convert")) GTEST_SKIP() << "built without Python 3";
    if (says(run("rotor-convert bert /nowhere out").err, "python3-numpy")) GTEST_SKIP() << "numpy is not installed";
  }

  CommandResult run(const std::string& command) const { return rotor::run(folder_, command); }

  void succeed(const std::string& command) const {
    const CommandResult result = run(command);
    ASSERT_EQ(result.exit_code, 0) << command << '\n' << result.err;
  }

  /// Writes a copy of a model file in which the text of the configuration is another.
  void copy_with_config(const std::filesystem::path& path, const std::string& config, const std::string& to) const {
    SafeTensorsWriter writer;
    const SafeTensors file(path);
    for (const auto& [name, tensor] : file.tensors()) writer.add(name, tensor.type, tensor.shape, tensor.bytes);
    for (const auto& [key, value] : file.metadata()) {
      if (key != "sha256") writer.set(key, key == "config" ? config : value);  // the checksums would differ
    }
    writer.write(folder_ / to);
  }

  ScratchFolder folder_;
};

}  // namespace rotor

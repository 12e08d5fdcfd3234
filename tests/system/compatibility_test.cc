// Models of every format that was released: each loads, is whole, and translates as it did
// (tests/golden/model_version.sh).

#include "system/command.h"

namespace rotor {
namespace {

constexpr const char* kGolden = ROTOR_GOLDEN "/";

TEST(Compatibility, ModelsOfEveryFormatTranslateAsTheyDid) {
  const ScratchFolder folder;
  for (const std::string name : {"model_version_1"}) {
    const std::string model = kGolden + name + ".safetensors", lines = kGolden + name + ".txt";
    const CommandResult verified = run(folder, "rotor-inspect --verify " + model);
    EXPECT_EQ(verified.exit_code, 0) << verified.err;
    const CommandResult result =
        run(folder, "cut -f 1 " + lines + " | rotor-generate " + model + " --beam 4 --threads 1");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out, run(folder, "cut -f 2 " + lines).out) << name;
  }
}

TEST(Compatibility, ANewerFormatIsRefusedByItsNumber) {
  const ScratchFolder folder;
  std::string bytes = text_of(std::string(kGolden) + "model_version_1.safetensors");
  const std::string version = R"("version":"1")";
  const size_t at = bytes.find(version);
  ASSERT_NE(at, bytes.npos);
  bytes.replace(at, version.size(), R"("version":"9")");
  folder.file("newer.safetensors", bytes);
  for (const char* command : {"rotor-generate newer.safetensors < /dev/null",
                              "rotor-average newer.safetensors --output average.safetensors"}) {
    const CommandResult result = run(folder, command);
    EXPECT_EQ(result.exit_code, 1) << command;
    EXPECT_TRUE(says(result.err, "newer.safetensors", "version 1", "got version 9; use a newer Rotor"));
  }
}

}  // namespace
}  // namespace rotor

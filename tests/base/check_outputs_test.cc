#include "base/check_outputs.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

std::string refusal(const std::vector<NamedOutput>& written, const std::vector<fs::path>& read = {}) {
  return message_of<UsageError>([&] { check_outputs(written, read); });
}

TEST(CheckOutputs, RefusesWhatIsReadUnderAnyName) {
  const ScratchFolder folder;
  const fs::path text = folder.file("text", "a\n");
  fs::create_symlink(text, folder / "link");
  fs::create_hard_link(text, folder / "other");
  for (const char* name : {"text", "link", "other", "./text"}) {
    EXPECT_TRUE(says(refusal({{"--stats", folder / name}}, {"", "-", text}), "--stats", name, "another name")) << name;
  }
  EXPECT_EQ(refusal({{"--stats", folder / "new"}, {"--output", folder.file("old", "")}}, {text}), "(nothing thrown)");
}

TEST(CheckOutputs, RefusesAFileThatIsWrittenTwice) {
  const ScratchFolder folder;
  fs::create_symlink(folder / "new", folder / "link");
  for (const char* name : {"new", "link", "./new"}) {
    EXPECT_TRUE(says(refusal({{"--output", folder / "new"}, {"--stats", folder / name}}), "--stats", "another name"))
        << name;
  }
  EXPECT_TRUE(says(refusal({{"--output", "new"}, {"--stats", "./new"}}), "--stats ./new is named twice"));
}

TEST(CheckOutputs, TakesStandardOutputAndDevicesAsOftenAsTheyAreNamed) {
  EXPECT_EQ(refusal({{"--a", "-"}, {"--b", "-"}, {"--c", "/dev/null"}, {"--d", "/dev/null"}, {"--e", ""}, {"--f", ""}},
                    {"-", "/dev/null", ""}),
            "(nothing thrown)");
}

}  // namespace
}  // namespace rotor

#include "train/config_file.h"

#include <gtest/gtest.h>

#include "base/scratch.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFirst = "[Batches]\nmax-tokens = 200\nsave-dir = a\n[Other]\nfreeze = a\nfreeze = b\nseed = 1\n";
constexpr const char* kSecond = "[Batches]\nmax-tokens = 300\nsave-dir = b\n[Other]\nfreeze = a\nseed = 1\nnew = 1\n";

TEST(ConfigFile, NamesTheOptionsThatChanged) {
  EXPECT_EQ(changed_options(kFirst, kSecond), (std::vector<std::string>{"freeze a b -> a", "max-tokens 200 -> 300"}));
  EXPECT_TRUE(changed_options(kFirst, kFirst).empty());
  EXPECT_EQ(changed_options("freeze = \n", "freeze = x\n"), (std::vector<std::string>{"freeze \"\" -> x"}));
}

TEST(ConfigFile, IsKeptWhenARunGoesOnUnderOtherOptions) {
  const ScratchFolder folder;
  const fs::path kept = folder / "config_until_update_5.ini";
  write_config(folder.path(), kFirst, 0);
  write_config(folder.path(), kFirst, 5);
  EXPECT_FALSE(fs::exists(kept)) << "the same options";
  write_config(folder.path(), kSecond, 5);
  EXPECT_EQ(text_of(folder / "config.ini"), kSecond);
  EXPECT_EQ(text_of(kept), kFirst);
  write_config(folder.path(), "seed = 3\n", 5);
  EXPECT_EQ(text_of(kept), kFirst) << "no update was made under the second";
  EXPECT_EQ(text_of(folder / "config.ini"), "seed = 3\n");
}

TEST(ConfigFile, IsOverwrittenWhereNothingWasTrained) {
  const ScratchFolder folder;
  write_config(folder.path(), kFirst, 0);
  write_config(folder.path(), kSecond, 0);
  EXPECT_EQ(text_of(folder / "config.ini"), kSecond);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace rotor

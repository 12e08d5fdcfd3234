#include "base/temporary_file.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(TemporaryFile, GivesBackWhatWasAppendedAndDisappears) {
  const ScratchFolder folder;
  {
    TemporaryFile file(folder / "spool");
    file.append("abc", 3);
    file.append("", 0);
    file.append("de", 2);
    EXPECT_EQ(file.size(), 5);
    EXPECT_EQ(file.map(), "abcde");
    EXPECT_TRUE(std::filesystem::exists(folder / "spool"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_EQ(TemporaryFile(folder / "nothing").map(), "");
}

TEST(TemporaryFile, NamesAPlaceItCannotWriteTo) {
  EXPECT_TRUE(says(message_of<Error>([] { TemporaryFile("/nowhere/spool"); }), "cannot write /nowhere/spool"));
}

}  // namespace
}  // namespace rotor

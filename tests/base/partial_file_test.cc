#include "base/partial_file.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

TEST(PartialFile, HasItsNameOnlyWhenItIsFinished) {
  const ScratchFolder folder;
  folder.file("out", "before");
  {
    PartialFile file(folder / "out");
    file.stream() << "one\n" << std::flush;
    EXPECT_EQ(text_of(folder / "out.partial"), "one\n");
    EXPECT_EQ(text_of(folder / "out"), "before");
    file.stream() << "two\n";
    file.finish();
  }
  EXPECT_EQ(text_of(folder / "out"), "one\ntwo\n");
  EXPECT_FALSE(fs::exists(folder / "out.partial"));
}

TEST(PartialFile, StaysPartialIfItIsKept) {
  const ScratchFolder folder;
  {
    PartialFile file(folder / "out");
    file.stream() << "one\n";
    EXPECT_EQ(file.keep(), folder / "out.partial");
  }
  EXPECT_EQ(text_of(folder / "out.partial"), "one\n");
  { PartialFile unwanted(folder / "out"); }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(PartialFile, FollowsLinksAndWritesToDevicesAsTheyAre) {
  const ScratchFolder folder;
  fs::create_directory(folder / "there");
  folder.file("there/file", "before");
  fs::create_symlink(folder / "there" / "file", folder / "link");
  PartialFile file(folder / "link");
  file.stream() << "text";
  file.finish();
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(text_of(folder / "there" / "file"), "text");
  PartialFile device("/dev/null");
  EXPECT_EQ(device.keep(), "/dev/null");
  device.stream() << "text";
  device.finish();
  EXPECT_FALSE(fs::is_regular_file("/dev/null"));
}

TEST(PartialFile, SaysWhyItCannotBeWritten) {
  const ScratchFolder folder;
  EXPECT_TRUE(says(message_of<Error>([&] { PartialFile(folder / "absent" / "out"); }), "cannot write", "absent"));
  EXPECT_TRUE(says(message_of<Error>([&] { PartialFile file(folder.path()); }), "folder"));
  PartialFile full("/dev/full");
  full.stream() << std::string(100'000, 'x');
  EXPECT_TRUE(says(message_of<Error>([&] { full.finish(); }), "/dev/full", "No space"));
}

}  // namespace
}  // namespace rotor

#include "base/output_path.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

TEST(OutputPath, FollowsLinksToFilesThatAreThereAndThatAreNot) {
  const ScratchFolder folder;
  fs::create_directory(folder / "there");
  fs::create_symlink("there/second", folder / "first");
  fs::create_symlink("../file", folder / "there" / "second");
  for (const bool exists : {false, true}) {
    if (exists) folder.file("file", "text");
    const OutputPath output = output_path(folder / "first");
    EXPECT_EQ(output.path.lexically_normal(), folder / "file") << exists;
    EXPECT_FALSE(output.special);
  }
  EXPECT_EQ(output_path("name").path, "name");
  fs::create_symlink(folder / "round", folder / "round");
  EXPECT_TRUE(says(message_of<Error>([&] { output_path(folder / "round"); }), "round: Too many levels"));
}

TEST(OutputPath, KnowsWhatIsWrittenToDirectly) {
  const ScratchFolder folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  fs::create_symlink("pipe", folder / "link");
  for (const fs::path& name : {fs::path("/dev/null"), folder / "pipe", folder / "link"}) {
    EXPECT_TRUE(output_path(name).special) << name;
  }
  EXPECT_TRUE(says(message_of<Error>([&] { output_path(folder.path()); }), "got the folder"));
}

TEST(OutputPath, LiesInAFolder) {
  EXPECT_EQ(folder_of("a/b"), "a");
  EXPECT_EQ(folder_of("b"), ".");
  sync_folder("/nowhere");  // which is no fault
}

}  // namespace
}  // namespace rotor

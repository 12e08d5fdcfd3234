#include "data/destination_folder.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

TEST(DestinationFolder, IsMadeAndRemovedAgainIfNothingIsPutIntoIt) {
  const ScratchFolder folder;
  {
    const DestinationFolder made(folder / "a");
    EXPECT_TRUE(fs::is_directory(folder / "a"));
  }
  EXPECT_FALSE(fs::exists(folder / "a"));
  fs::create_directory(folder / "a");
  { const DestinationFolder found(folder / "a"); }
  EXPECT_TRUE(fs::exists(folder / "a"));
  {
    const DestinationFolder made(folder / "b");
    folder.file("b/file", "text");
  }
  EXPECT_TRUE(fs::exists(folder / "b" / "file"));
}

TEST(DestinationFolder, IsKeptToOneProcessAndMustBeAFolder) {
  const ScratchFolder folder;
  const DestinationFolder taken(folder / "a");
  EXPECT_TRUE(says(message_of<Error>([&] { DestinationFolder(folder / "a"); }), "another process", "a"));
  EXPECT_TRUE(says(message_of<Error>([&] { DestinationFolder(folder.file("file", "text")); }), "cannot", "file"));
}

TEST(DestinationFolder, LosesWhatAKilledRunLeftHalfWritten) {
  const ScratchFolder folder;
  for (const char* name : {"train.safetensors.source.tmp", "train.safetensors.target_text_offsets.tmp",
                           ".valid.safetensors.123.tmp", ".vocabulary.model.123.tmp", ".manifest.json.9.tmp"}) {
    folder.file(name, "half");
  }
  folder.file("notes.tmp", "mine");
  folder.file("train.safetensors", "whole");
  const DestinationFolder destination(folder.path());
  const fs::directory_iterator files(folder.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 2);
  EXPECT_TRUE(fs::exists(folder / "notes.tmp"));
}

}  // namespace
}  // namespace rotor

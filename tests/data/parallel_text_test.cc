#include "data/parallel_text.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

class ParallelText : public testing::Test {
 protected:
  ParallelFiles pair(const std::string& name, const std::string& source, const std::string& target) const {
    return {folder.file(name + ".en", source), folder.file(name + ".de", target)};
  }

  static std::vector<std::string> read(ParallelReader& reader) {
    std::vector<std::string> pairs;
    for (std::vector<std::string> lines; reader.next(lines);) pairs.push_back(fmt::format("{}", fmt::join(lines, "|")));
    return pairs;
  }
  static std::string refusal(std::vector<ParallelFiles> files) {
    return message_of<Error>([&] {
      ParallelReader reader(std::move(files));
      read(reader);
    });
  }

  ScratchFolder folder;
};

TEST_F(ParallelText, IsReadFileAfterFile) {
  ParallelReader reader({pair("a", "1\n2\n", "I\nII\n"), pair("b", "3\r\n", "III\n")});
  EXPECT_EQ(read(reader), (std::vector<std::string>{"1|I", "2|II", "3|III"}));
  EXPECT_EQ(reader.lines(), (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(reader.with_carriage_returns(), std::vector<std::string>{(folder / "b.en").string()});
}

TEST_F(ParallelText, MayBeginEachSourceLineWithAnother) {
  ParallelReader reader({pair("a", "1\n2\n", "I\nII\n")}, LineContent::kText, ">>de<<");
  EXPECT_EQ(read(reader), (std::vector<std::string>{">>de<< 1|I", ">>de<< 2|II"}));
}

TEST_F(ParallelText, NamesFilesOfUnequalLengthWithBothLengths) {
  const ParallelFiles even = pair("even", "1\n", "I\n");
  EXPECT_TRUE(says(refusal({even, pair("short", "1\n2\n3\n", "I\n")}), "short.en", "short.de", "3 and 1"));
  EXPECT_TRUE(says(refusal({pair("long", "1\n", "I\nII\nIII\n"), even}), "long.en", "1 and 3"));
}

TEST_F(ParallelText, NamesEmptyFiles) {
  EXPECT_TRUE(says(refusal({pair("empty", "", "")}), "empty.en", "empty file"));
  EXPECT_TRUE(says(refusal({pair("half", "1\n", "")}), "half.de", "empty file"));
}

TEST_F(ParallelText, MayBeOneFileOrThree) {
  ParallelReader one({{folder.file("a", "1\n2\n")}, {folder.file("b", "3\n")}});
  EXPECT_EQ(read(one), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(one.lines(), (std::vector<int64_t>{2, 1}));
  const ParallelFiles three = {folder / "a", folder.file("c", "I\nII\n"), folder.file("d", "x\ny\n")};
  ParallelReader reader({three});
  EXPECT_EQ(read(reader), (std::vector<std::string>{"1|I|x", "2|II|y"}));
  EXPECT_EQ(names_of(three), fmt::format("{0}/a and {0}/c and {0}/d", folder.path().string()));
  EXPECT_TRUE(says(refusal({{folder / "a", folder / "c", folder / "b"}}), "/a", "/b", "2 and 1"));
}

TEST_F(ParallelText, OfBytesStaysAsItIs) {
  const auto file = folder.file("bytes", "a\r\n\xff\n\r\n");
  ParallelReader reader({{file}}, LineContent::kBytes);
  EXPECT_EQ(read(reader), (std::vector<std::string>{"a\r", "\xff", "\r"}));
  EXPECT_TRUE(reader.with_carriage_returns().empty());
  EXPECT_TRUE(says(refusal({{file}}), "UTF-8", "line 2"));
}

TEST_F(ParallelText, IsFoundPlainOrCompressed) {
  folder.file("text.en.zst", "");
  EXPECT_EQ(find_text((folder / "text.en").string()), folder / "text.en.zst");
  EXPECT_EQ(find_text((folder / "text.en.zst").string()), folder / "text.en.zst");
  folder.file("text.en", "");
  EXPECT_EQ(find_text((folder / "text.en").string()), folder / "text.en");
  EXPECT_TRUE(says(message_of<Error>([&] { find_text((folder / "text.fr").string()); }), "text.fr", "text.fr.gz",
                   "text.fr.zst"));
}

TEST_F(ParallelText, IsAFileThatCanBeReadAgain) {
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  ASSERT_EQ(mkfifo((folder / "packed.gz").c_str(), 0600), 0);
  std::filesystem::create_symlink(folder.file("text", "a\n"), folder / "link");
  EXPECT_TRUE(says(message_of<Error>([&] { find_text((folder / "pipe").string()); }), "expected a regular file",
                   "/pipe", "write it to a file first"));
  EXPECT_TRUE(says(message_of<Error>([&] { find_text((folder / "packed").string()); }), "/packed.gz"));
  EXPECT_EQ(find_text((folder / "link").string()), folder / "link");
}

}  // namespace
}  // namespace rotor

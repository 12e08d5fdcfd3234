#include "data/parallel_text.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

class ParallelText : public testing::Test {
 protected:
  TextPair pair(const std::string& name, const std::string& source, const std::string& target) const {
    return {folder.file(name + ".en", source), folder.file(name + ".de", target)};
  }

  static std::vector<std::string> read(ParallelReader& reader) {
    std::vector<std::string> pairs;
    for (std::string source, target; reader.next(source, target);) pairs.push_back(source + "|" + target);
    return pairs;
  }
  static std::string refusal(std::vector<TextPair> files) {
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

TEST_F(ParallelText, NamesFilesOfUnequalLengthWithBothLengths) {
  const TextPair even = pair("even", "1\n", "I\n");
  EXPECT_TRUE(says(refusal({even, pair("short", "1\n2\n3\n", "I\n")}), "short.en", "short.de", "3 and 1"));
  EXPECT_TRUE(says(refusal({pair("long", "1\n", "I\nII\nIII\n"), even}), "long.en", "1 and 3"));
}

TEST_F(ParallelText, NamesEmptyFiles) {
  EXPECT_TRUE(says(refusal({pair("empty", "", "")}), "empty.en", "empty file"));
  EXPECT_TRUE(says(refusal({pair("half", "1\n", "")}), "half.de", "empty file"));
}

TEST_F(ParallelText, IsFoundPlainOrCompressed) {
  folder.file("text.en.zst", "");
  folder.file("text.de.xz", "");
  const std::string prefix = (folder / "text").string();
  EXPECT_EQ(find_text(prefix, "en", "de").source, folder / "text.en.zst");
  EXPECT_EQ(find_text(prefix, "en", "de").target, folder / "text.de.xz");
  EXPECT_TRUE(says(message_of<Error>([&] { find_text(prefix, "en", "fr"); }), "text.fr", "text.fr.gz", "text.fr.zst"));
}

}  // namespace
}  // namespace rotor

#include "page/csv_file.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"
#include "page/page.h"

namespace rotor {
namespace {

using Rows = std::vector<std::vector<std::string>>;

TEST(ReadCsv, ReadsQuotedCellsAndPassesOverBlankLines) {
  const ScratchFolder folder;
  const CsvFile file =
      read_csv(folder.file("a.csv", "source,\"BLEU, tokenised\",note\n\nA,27.3,\n\"B, \"\"b\"\"\",,x\r\n"));
  EXPECT_EQ(file.header, (std::vector<std::string>{"source", "BLEU, tokenised", "note"}));
  EXPECT_EQ(file.rows, (Rows{{"A", "27.3", ""}, {"B, \"b\"", "", "x"}}));
}

TEST(ReadCsv, ReadsWhatTablesAreWrittenAs) {
  const ScratchFolder folder;
  const Table table{"t", "", {{"a, b"}, {"\"c\""}}, {{"1,5", "x \"y\" z"}, {"", "\""}}};
  const CsvFile file = read_csv(folder.file("t.csv", csv(table)));
  EXPECT_EQ(file.header, (std::vector<std::string>{"a, b", "\"c\""}));
  EXPECT_EQ(file.rows, table.rows);
}

TEST(ReadCsv, RefusesOtherTextsNamingFileAndLine) {
  const ScratchFolder folder;
  const auto refusal = [&](const std::string& text) {
    const auto path = folder.file("a.csv", text);
    return message_of<Error>([&] { read_csv(path); });
  };
  EXPECT_TRUE(says(refusal(""), "a.csv: expected a header", "empty file"));
  EXPECT_TRUE(says(refusal("a,b\n1,2\n3\n"), "a.csv:3: expected 2 cells", "got 1"));
  EXPECT_TRUE(says(refusal("a,b\n\"1,2\n"), "a.csv:2", "closing quote"));
  EXPECT_TRUE(says(refusal("a,b\n1,x\"y\"\n"), "a.csv:2", "quotes doubled"));
  EXPECT_TRUE(says(refusal("a,b\n1,\"y\"z\n"), "a.csv:2"));
  EXPECT_TRUE(says(refusal("a,b\n1,\xff\n"), "a.csv", "UTF-8"));
  EXPECT_TRUE(says(message_of<Error>([&] { read_csv(folder / "absent.csv"); }), "absent.csv"));
}

}  // namespace
}  // namespace rotor

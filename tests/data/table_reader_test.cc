#include "data/table_reader.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/scratch.h"

namespace rotor {
namespace {

class TableReaderTest : public testing::Test {
 protected:
  static std::vector<std::string> read(TableReader& reader) {
    std::vector<std::string> rows;
    for (LabelledRow row; reader.next(row);) {
      rows.push_back(fmt::format("{}={}", fmt::join(row.texts, "|"), row.label));
    }
    return rows;
  }
  std::vector<std::string> read(const std::string& name, const std::string& text, const TableOptions& options) const {
    TableReader reader({folder.file(name, text)}, options);
    return read(reader);
  }
  std::string refusal(const std::string& text, const TableOptions& options) const {
    return message_of<Error>([&] { read("t.tsv", text, options); });
  }

  ScratchFolder folder;
  const TableOptions pair = {.text_columns = "a,b", .label_column = "l"};
  using Rows = std::vector<std::string>;
};

TEST_F(TableReaderTest, ReadsTextsAndLabelsOfEachFormat) {
  EXPECT_EQ(read("t.tsv", "l\tb\ta\n x \tB \t A\n", pair), (Rows{" A|B =x"}));
  EXPECT_EQ(read("t.csv", "a,b,l\n\"A\nA\",\"\"\"B\r\nB\"\"\",x\n", pair), (Rows{"A A|\"B B\"=x"}));
  EXPECT_EQ(read("t.jsonl", R"({"a": "A\r\nA\rA", "b": "B", "l": 2})", pair), (Rows{"A A A|B=2"}));
  EXPECT_EQ(read("t.tsv", "A\t1\nB\t2\n", {.text_columns = "1", .no_header = true}), (Rows{"A=", "B="}));
}

TEST_F(TableReaderTest, ReadsFileAfterFileEachWithItsOwnHeader) {
  TableReader reader({folder.file("1.tsv", "a\tb\tl\nA\tB\tx\nC\tD\ty\n"), folder.file("2.csv", "l,b,a\nz,F,E\n")},
                     pair);
  LabelledRow row;
  EXPECT_TRUE(reader.next(row) && reader.next(row));
  EXPECT_EQ(reader.place(), (folder / "1.tsv").string() + ":3");
  EXPECT_EQ(read(reader), (Rows{"E|F=z"}));
  EXPECT_EQ(reader.place(), (folder / "2.csv").string() + ":2");
  EXPECT_EQ(reader.rows(), (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(reader.skipped(), 0);
}

TEST_F(TableReaderTest, ReadsCompressedFiles) {
  const auto file = folder.file("t.csv", "a,b,l\nA,B,x\n");
  ASSERT_EQ(std::system(fmt::format("gzip {}", file.string()).c_str()), 0);
  TableReader reader({file.string() + ".gz"}, pair);
  EXPECT_EQ(read(reader), (Rows{"A|B=x"}));
}

TEST_F(TableReaderTest, RefusesMalformedRows) {
  const std::string good = "a\tb\tl\nA\tB\tx\n";
  EXPECT_TRUE(
      says(refusal(good + "A\t\tx\n", pair), "/t.tsv:3: expected a text in column 'b'", "--skip-malformed-rows"));
  EXPECT_TRUE(says(refusal(good + "\u3000 \tB\tx\n", pair), "t.tsv:3:", "column 'a'"));
  EXPECT_TRUE(says(refusal(good + "A\tB\t \n", pair), "t.tsv:3: expected a label in column 'l'"));
  EXPECT_TRUE(says(refusal(good + "A\tB\n", pair), "t.tsv:3: expected 3 cells", "--skip-malformed-rows"));
  EXPECT_TRUE(says(refusal("a\tb\tl\n", pair), "t.tsv: expected rows, got none"));
  EXPECT_TRUE(says(refusal("", {.text_columns = "1", .no_header = true}), "t.tsv: expected rows, got none"));
  EXPECT_TRUE(says(message_of<Error>([&] { read("t.jsonl", R"({"a": "A", "b": "B", "l": "x\ny"})", pair); }),
                   "t.jsonl:1: expected a label on one line", "'x y'"));
}

TEST_F(TableReaderTest, LeavesMalformedRowsOutIfAsked) {
  TableOptions options = pair;
  options.skip_malformed_rows = true;
  TableReader reader({folder.file("t.tsv", "a\tb\tl\n\n \tB\tx\nA\tB\tx\nA\tB\nA\tB\t\nC\tD\ty\n\n")}, options);
  EXPECT_EQ(read(reader), (Rows{"A|B=x", "C|D=y"}));
  EXPECT_EQ(reader.rows(), std::vector<int64_t>{2});
  EXPECT_EQ(reader.skipped(), 4);
  EXPECT_TRUE(says(reader.first_skipped(), "t.tsv:2:", "blank line"));
  EXPECT_TRUE(says(refusal("a\tb\tl\nA\tB\n", options), "got none; 1 rows were left out", "t.tsv:2:"));
  EXPECT_TRUE(says(refusal("a\tb\tl\nA\tB\t\xff\n", options), "line 2", "UTF-8"));
  EXPECT_TRUE(says(refusal("a\tb\n", options), "expected a column 'l'"));
}

TEST_F(TableReaderTest, RefusesOptionsThatContradict) {
  EXPECT_THROW(TableReader({"t.tsv"}, {}), UsageError);
  TableReader reader({folder.file("t.jsonl", "{}")}, {.text_columns = "1", .no_header = true});
  LabelledRow row;
  EXPECT_TRUE(says(message_of<UsageError>([&] { reader.next(row); }), "--no-header", "t.jsonl"));
}

}  // namespace
}  // namespace rotor

#include "data/table_file.h"

#include <gtest/gtest.h>

#include "base/scratch.h"

namespace rotor {
namespace {

using Rows = std::vector<std::vector<std::string>>;
using Columns = std::vector<std::string>;
constexpr TableFormat kTabs = TableFormat::kTabs, kCommas = TableFormat::kCommas, kJson = TableFormat::kJsonLines;

class Table : public testing::Test {
 protected:
  Rows read(TableFormat format, const std::string& text, const Columns& columns, bool header = true) const {
    const auto table = open_table(folder.file("t", text), format, columns, header);
    Rows rows;
    for (Columns cells; table->next(cells);) rows.push_back(cells);
    return rows;
  }
  template <typename E = Error>
  std::string refusal(TableFormat format, const std::string& text, const Columns& columns, bool header = true) const {
    return message_of<E>([&] { read(format, text, columns, header); });
  }

  ScratchFolder folder;
};

TEST_F(Table, HasColumnsByNameOrNumber) {
  const std::string text = "id\tsentence\tlabel\n1\ta b\tx\n2\tc\ty\n";
  EXPECT_EQ(read(kTabs, text, {"sentence", "label"}), (Rows{{"a b", "x"}, {"c", "y"}}));
  EXPECT_EQ(read(kTabs, text, {"label", "id"}), (Rows{{"x", "1"}, {"y", "2"}}));
  EXPECT_EQ(read(kTabs, text, {"3", "sentence"}), (Rows{{"x", "a b"}, {"y", "c"}}));
  EXPECT_EQ(read(kTabs, "2\t1\na\tb\n", {"1", "2"}), (Rows{{"b", "a"}})) << "a name goes before a number";
}

TEST_F(Table, MayLackAHeader) {
  EXPECT_EQ(read(kTabs, "a\tb\nc\td\n", {"2"}, false), (Rows{{"b"}, {"d"}}));
  EXPECT_EQ(read(kTabs, "a\tb\nc\td\te\n\tf", {"2", "1"}, false), (Rows{{"b", "a"}, {"d", "c"}, {"f", ""}}));
  EXPECT_EQ(read(kCommas, "\"a,b\",c\n", {"1"}, false), (Rows{{"a,b"}}));
}

TEST_F(Table, OfTabsHasQuotesAsCharacters) {
  EXPECT_EQ(read(kTabs, "a\tb\n\"x\ty\"\n\"\t\"\"\n, \tz\n", {"a", "b"}),
            (Rows{{"\"x", "y\""}, {"\"", "\"\""}, {", ", "z"}}));
}

TEST_F(Table, OfCommasHasQuotedCells) {
  EXPECT_EQ(read(kCommas, "text,label\n\"a, \"\"b\"\"\nc\",1\n\td,\n", {"text", "label"}),
            (Rows{{"a, \"b\"\nc", "1"}, {"\td", ""}}));
}

TEST_F(Table, OfJsonHasObjects) {
  EXPECT_EQ(read(kJson,
                 R"({"b": "x\ty", "a": "é\n", "c": [1]})"
                 "\n"
                 R"({"a":"","b":"\""})",
                 {"a", "b"}),
            (Rows{{"é\n", "x\ty"}, {"", "\""}}));
  EXPECT_EQ(read(kJson, "{\"l\": 1}\n{\"l\": -2.5}\n{\"l\": true}\n{\"l\": null}\n", {"l"}),
            (Rows{{"1"}, {"-2.5"}, {"true"}, {""}}));
  EXPECT_EQ(read(kJson, "{\"1\": \"x\"}\n", {"1"}), (Rows{{"x"}}));
}

TEST_F(Table, LeavesOutMarksCarriageReturnsAndBlankLinesAtTheEnd) {
  EXPECT_EQ(read(kTabs, "\ufeffa\tb\r\n1\t2\r\n\r\n\n", {"a", "b"}), (Rows{{"1", "2"}}));
  EXPECT_EQ(read(kTabs, "\ufeffa\tb\n\ufeffc\td", {"1"}, false), (Rows{{"a"}, {"\ufeffc"}}));
  EXPECT_EQ(read(kCommas, "\ufeff\"a\",b\r\n1,2\r\n\n", {"a"}), (Rows{{"1"}}));
  EXPECT_EQ(read(kJson, "\ufeff{\"a\": \"1\"}\r\n\n\n", {"a"}), (Rows{{"1"}}));
}

TEST_F(Table, NamesTheColumnsThatAHeaderHas) {
  const std::string text = "sentence1\tsentence2\tlabel\na\tb\t1\n";
  EXPECT_TRUE(says(refusal(kTabs, text, {"sentense1"}), "/t:1: expected a column 'sentense1'",
                   "got a header with sentence1, sentence2, label", "did you mean sentence1?", "number from 1"));
  EXPECT_TRUE(says(refusal(kTabs, text, {"4"}), "'4'", "number from 1"));
  EXPECT_TRUE(says(refusal(kTabs, text, {"0"}), "'0'"));
  EXPECT_TRUE(says(refusal(kTabs, "a\tb\ta\n", {"a"}), "/t:1:", "'a'", "2 of that name"));
  EXPECT_EQ(read(kTabs, "a\tb\ta\n1\t2\t3\n", {"b", "3"}), (Rows{{"2", "3"}}));
  EXPECT_TRUE(says(refusal(kTabs, text, {"label", "3"}), "different columns", "'label' and '3'"));
  EXPECT_TRUE(says(refusal(kTabs, "", {"a"}), "header", "empty file"));
}

TEST_F(Table, SaysWhichFormatAFileSeemsToHave) {
  EXPECT_TRUE(says(refusal(kTabs, "text,label\na,1\n", {"text"}), "--table-format csv"));
  EXPECT_TRUE(
      says(refusal(kCommas, "a\tb\tc\n", {"3"}, false), "t:1: expected at least 3 cells", "--table-format tsv"));
}

TEST_F(Table, RefusesRaggedRows) {
  const auto fault = [&](auto... what) { return refusal<RowFault>(what...); };
  EXPECT_TRUE(says(fault(kTabs, "a\tb\n1\t2\n3\n", Columns{"a"}), "/t:3: expected 2 cells between tabs",
                   "as in the header", "got 1"));
  EXPECT_TRUE(says(fault(kTabs, "a\tb\n1\t2\t\n", Columns{"a"}), "/t:2:", "got 3"));
  EXPECT_TRUE(says(fault(kCommas, "a,b\n\"1\n\",2\n3\n", Columns{"a"}), "/t:4: expected 2 cells between commas"));
  EXPECT_TRUE(
      says(fault(kTabs, "1\t2\t3\n1\t2\n", Columns{"1", "3"}, false), "/t:2: expected at least 3 cells", "got 2"));
  EXPECT_TRUE(says(fault(kTabs, "a\n1\n\n\n2\n", Columns{"a"}), "/t:3:", "blank line"));
}

TEST_F(Table, RefusesLinesThatAreNoObjects) {
  const auto fault = [&](const std::string& line) { return refusal<RowFault>(kJson, "{\"a\": \"\"}\n" + line, {"a"}); };
  EXPECT_TRUE(says(fault("{\"a\": \"x\""), "/t:2: expected a JSON object", "byte 10"));
  EXPECT_TRUE(says(fault("[1]"), "/t:2: expected a JSON object, got array"));
  EXPECT_TRUE(says(fault("{\"b\": 1, \"A\": 2}"), "/t:2: expected a key 'a', got an object with b, A"));
  EXPECT_TRUE(says(fault("{}"), "'a', got an object without keys"));
  EXPECT_TRUE(says(fault("{\"a\": [\"x\"]}"), "a text or a number as 'a', got array"));
  EXPECT_TRUE(says(fault("{\"a\": \"x\", \"a\": \"y\"}"), "each key once", "\"a\" twice"));
  EXPECT_TRUE(says(fault("{\"a\": 1e999}"), "/t:2:", "64 bits"));
  EXPECT_TRUE(says(fault("{\"a\": \"\\ud800\"}"), "/t:2: expected a JSON object"));
  EXPECT_TRUE(says(fault(std::string(100000, '[')), "/t:2: expected a JSON object"));
  const std::string deep = std::string(100000, '[') + std::string(100000, ']');
  EXPECT_TRUE(says(fault("{\"b\": " + deep + ", \"a\": 1, \"c\": 2}"), "/t:2: expected a JSON object", "64 deep"));
  EXPECT_TRUE(says(fault("\n{\"a\": 1}"), "/t:2:", "blank line"));
}

TEST_F(Table, GoesOnAfterAFaultOfARow) {
  for (const std::string bad : {"x\ty", ""}) {
    const auto table = open_table(folder.file("t", "a\n1\n" + bad + "\n2\n"), kTabs, {"a"}, true);
    Columns cells;
    EXPECT_TRUE(table->next(cells));
    EXPECT_THROW(table->next(cells), RowFault);
    EXPECT_TRUE(table->next(cells));
    EXPECT_EQ(cells, Columns{"2"});
    EXPECT_TRUE(table->place().ends_with("/t:4"));
    EXPECT_FALSE(table->next(cells));
  }
}

TEST_F(Table, SaysWhetherAColumnIsThere) {
  const auto has = [&](TableFormat format, const std::string& text, const std::string& column, bool header = true) {
    return has_column(folder.file("t", text), format, column, header);
  };
  EXPECT_TRUE(has(kTabs, "\ufeffa\tb\r\n1\t2\n", "a"));
  EXPECT_TRUE(has(kTabs, "a\tb\r\n1\t2\n", "b"));
  EXPECT_TRUE(has(kTabs, "a\tb\n", "2"));
  EXPECT_FALSE(has(kTabs, "a\tb\n", "3"));
  EXPECT_FALSE(has(kTabs, "a\tb\nc\tc\n", "c"));
  EXPECT_FALSE(has(kTabs, "", "c"));
  EXPECT_TRUE(has(kTabs, "x\ty\n", "2", false));
  EXPECT_FALSE(has(kTabs, "x\ty\n", "x", false));
  EXPECT_TRUE(has(kCommas, "a,\"b\nc\"\n", "b\nc"));
  EXPECT_FALSE(has(kCommas, "a,b\n", "c"));
  EXPECT_TRUE(has(kJson, "{\"a\": null}\n", "a"));
  EXPECT_FALSE(has(kJson, "{\"a\": null}\n{\"b\": 1}\n", "b"));
  EXPECT_TRUE(has(kJson, "oh\n", "b")) << "it is refused when it is read";
}

TEST_F(Table, RefusesOtherEncodings) {
  EXPECT_TRUE(says(refusal(kTabs, "a\tb\n\xe4\tc\n", {"a"}), "line 2", "UTF-8", "iconv"));
  EXPECT_TRUE(says(refusal(kTabs,
                           std::string("\xff\xfe"
                                       "a\0",
                                       4),
                           {"a"}),
                   "line 1", "UTF-8"));
}

}  // namespace
}  // namespace rotor

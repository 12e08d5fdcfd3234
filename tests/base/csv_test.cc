#include "base/csv.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

using Records = std::vector<std::vector<std::string>>;

class Csv : public testing::Test {
 protected:
  Records read(const std::string& text) const {
    LineReader lines(folder.file("a.csv", text));
    Records records;
    for (std::vector<std::string> cells; read_csv_record(lines, cells);) records.push_back(cells);
    return records;
  }
  std::string refusal(const std::string& text) const {
    return message_of<Error>([&] { read(text); });
  }

  ScratchFolder folder;
};

TEST_F(Csv, HasCellsBetweenCommas) {
  EXPECT_EQ(read("a,b\n1,\n,\n"), (Records{{"a", "b"}, {"1", ""}, {"", ""}}));
  EXPECT_EQ(read("a, b \n\nlast"), (Records{{"a", " b "}, {""}, {"last"}}));
  EXPECT_EQ(read("a\t'b',c\r\n1\r\n"), (Records{{"a\t'b'", "c"}, {"1"}}));
  EXPECT_EQ(read(""), Records{});
}

TEST_F(Csv, HoldsCommasQuotesAndEndsOfLinesInQuotes) {
  EXPECT_EQ(read("\"a,b\",\"\"\n\"\"\"a\"\" b\"\"\",\"\"\"\"\n"), (Records{{"a,b", ""}, {"\"a\" b\"", "\""}}));
  EXPECT_EQ(read("\"a\nb\",1\n\"\n\n\",\"c,\r\nd\"\r\nx,y\n"), (Records{{"a\nb", "1"}, {"\n\n", "c,\nd"}, {"x", "y"}}));
}

TEST_F(Csv, MayBeginWithAByteOrderMark) {
  EXPECT_EQ(read("\xef\xbb\xbf\"a\",b\n\xef\xbb\xbf\n"), (Records{{"a", "b"}, {"\xef\xbb\xbf"}}));
}

TEST_F(Csv, RefusesQuotesThatAreMisplacedOrOpen) {
  EXPECT_TRUE(says(refusal("a,b\n1,x\"y\"\n"), "a.csv:2:", "quotes doubled", "got 1,x\"y\""));
  EXPECT_TRUE(says(refusal("a,b\n\"1\"x,y\n"), "a.csv:2:", "quotes doubled"));
  EXPECT_TRUE(says(refusal("a,b\n\"1\n\"x,y\n"), "a.csv:3:", "quotes doubled"));
  EXPECT_TRUE(says(refusal("a,b\n1, \"y\"\n"), "a.csv:2:", "quotes doubled"));
  EXPECT_TRUE(says(refusal("a\nb\n\"c\n\nd\n"), "a.csv:3:", "closing quote", "end of the file"));
  EXPECT_TRUE(says(refusal("a\n\xff\n"), "line 2", "a.csv", "UTF-8"));
}

}  // namespace
}  // namespace rotor

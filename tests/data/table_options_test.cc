#include "data/table_options.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command_line.h"
#include "base/scratch.h"

namespace rotor {
namespace {

using Columns = std::vector<std::string>;

TEST(TableOptions, AreRead) {
  TableOptions tables;
  CommandLine options("rotor-preprocess", "", "");
  tables.describe(options);
  const char* words[] = {"rotor-preprocess", "--text-columns", "6,7", "--label-column",       "5",
                         "--no-header",      "--table-format", "tsv", "--skip-malformed-rows"};
  options.parse(std::size(words), words);
  tables.check();
  EXPECT_EQ(tables.text_column_list(), (Columns{"6", "7"}));
  EXPECT_EQ(tables.label_column, "5");
  EXPECT_TRUE(tables.no_header && tables.skip_malformed_rows);
  EXPECT_EQ(tables.format_of("sts-train.csv"), TableFormat::kTabs);
  const char* unknown[] = {"rotor-preprocess", "--table-format", "xlsx"};
  EXPECT_TRUE(says(message_of<UsageError>([&] { options.parse(3, unknown); }), "--table-format", "auto, tsv, csv"));
}

TEST(TableOptions, GoByTheEndingOfAFile) {
  const TableOptions tables;
  for (const char* name : {"a.tsv", "a.txt", "a", "-", "csv", "a.csv.tsv", "a.tsv.gz", "a.gz", "a.json.zst"}) {
    EXPECT_EQ(tables.format_of(name), TableFormat::kTabs) << name;
  }
  for (const char* name : {"a.csv", "b/a.csv.gz", "a.csv.zst", "a.tsv.csv"}) {
    EXPECT_EQ(tables.format_of(name), TableFormat::kCommas) << name;
  }
  for (const char* name : {"a.jsonl", "a.ndjson", "a.jsonl.xz"}) {
    EXPECT_EQ(tables.format_of(name), TableFormat::kJsonLines) << name;
  }
  EXPECT_EQ(TableOptions{.table_format = "csv"}.format_of("a.jsonl"), TableFormat::kCommas);
  EXPECT_EQ(TableOptions{.table_format = "jsonl"}.format_of("-"), TableFormat::kJsonLines);
}

TEST(TableOptions, RefuseWhatContradicts) {
  const auto refusal = [](const TableOptions& tables) { return message_of<UsageError>([&] { tables.check(); }); };
  EXPECT_EQ(refusal({.text_columns = "a,b", .label_column = "c"}), "(nothing thrown)");
  EXPECT_EQ(refusal({.text_columns = "2", .no_header = true}), "(nothing thrown)");
  EXPECT_TRUE(says(refusal({}), "--text-columns", "sentence1,sentence2"));
  EXPECT_TRUE(says(refusal({.text_columns = "a,"}), "an empty one in 'a,'"));
  EXPECT_TRUE(says(refusal({.text_columns = "a,b,a"}), "'a' twice"));
  EXPECT_TRUE(says(refusal({.text_columns = "a", .label_column = "a"}), "--label-column", "'a' twice"));
  EXPECT_TRUE(says(refusal({.text_columns = "1,b", .no_header = true}), "--no-header", "number from 1", "'b'"));
  EXPECT_TRUE(says(refusal({.text_columns = "1", .label_column = "0", .no_header = true}), "'0'"));
  EXPECT_TRUE(says(refusal({.text_columns = "1", .no_header = true, .table_format = "jsonl"}), "JSON lines"));
}

TEST(ColumnNumber, IsFromOne) {
  EXPECT_EQ(column_number("1"), 1);
  EXPECT_EQ(column_number("12"), 12);
  for (const char* text : {"0", "-1", "", "a", "1a", "1.0", "#1", "99999999999999999999"}) {
    EXPECT_EQ(column_number(text), 0) << text;
  }
}

}  // namespace
}  // namespace rotor

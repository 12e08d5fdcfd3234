#include "score/table.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

TEST(Table, CentresCellsOfSeveralLinesUnderWideHeaders) {
  EXPECT_EQ(draw_table({{"System", "BLEU"}, {"a", "1.5"}, {"b", "22.5 ± 1\n(p)"}}),
            "╒══════════╤══════════╕\n"
            "│   System │   BLEU   │\n"
            "╞══════════╪══════════╡\n"
            "│        a │   1.5    │\n"
            "├──────────┼──────────┤\n"
            "│        b │ 22.5 ± 1 │\n"
            "│          │   (p)    │\n"
            "╘══════════╧══════════╛\n");
}

}  // namespace
}  // namespace rotor

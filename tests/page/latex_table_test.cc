#include "page/latex_table.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

TEST(LatexEscaped, EscapesEverythingThatIsACommand) {
  EXPECT_EQ(latex_escaped("rope_x:100% & {a}\\b#$~^"),
            "rope\\_x:100\\% \\& \\{a\\}\\textbackslash{}b\\#\\$\\textasciitilde{}\\textasciicircum{}");
  EXPECT_EQ(latex_escaped("a < b > c | d"), "a \\textless{} b \\textgreater{} c \\textbar{} d");
}

TEST(LatexEscaped, WritesTheSignsOfReportsAndLeavesLettersAsTheyAre) {
  EXPECT_EQ(latex_escaped("≤ 0.001 ± 2 – größer"), "$\\leq$ 0.001 $\\pm$ 2 -- größer");
  EXPECT_EQ(latex_escaped("−3 × α → ≥ …"), "$-$3 $\\times$ $\\alpha$ $\\rightarrow$ $\\geq$ \\dots{}");
  EXPECT_EQ(latex_escaped("two\nlines\r"), "two lines ");
  EXPECT_EQ(latex_escaped(""), "");
}

TEST(Latex, IsATabularWithTheRulesOfBooktabs) {
  const Table table{"scores", "A <caption>", {{"encoding", false}, {"BLEU"}}, {{"rope", "1.50"}, {"a|b, \"c\"", ""}}};
  EXPECT_EQ(latex(table),
            "% A <caption>\n% Needs \\usepackage{booktabs}.\n\\begin{tabular}{lr}\n\\toprule\nencoding & BLEU \\\\\n"
            "\\midrule\nrope & 1.50 \\\\\na\\textbar{}b, \"c\" & -- \\\\\n\\bottomrule\n"
            "\\end{tabular}\n");
}

TEST(Latex, SetsTheBestInBoldAndKeepsEachLineOfACaptionAComment) {
  const Table table{"t", "one\ntwo", {{"name", false}, {"loss", true, Best::kLowest}}, {{"a_1", "2"}, {"b", "1.5"}}};
  const std::string text = latex(table);
  EXPECT_TRUE(text.starts_with("% one\n% two\n%")) << text;
  EXPECT_NE(text.find("a\\_1 & 2 \\\\\nb & \\textbf{1.5} \\\\\n"), std::string::npos) << text;
}

TEST(Latex, OfATableWithoutRowsHasItsRules) {
  EXPECT_NE(latex({"t", "", {{"n"}}, {}}).find("{r}\n\\toprule\nn \\\\\n\\midrule\n\\bottomrule\n"), std::string::npos);
}

}  // namespace
}  // namespace rotor

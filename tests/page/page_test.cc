#include "page/page.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "page/latex_table.h"

namespace rotor {
namespace {

Table small_table() {
  return {"scores", "A <caption>", {{"encoding", false}, {"BLEU"}}, {{"rope", "1.50"}, {"a|b, \"c\"", ""}}};
}

Page small_page() {
  return {"Title & more",
          {Heading{"Scores"}, Paragraph{"1 < 2"}, Listing{"Options", "lr = 1\n"}, small_table(),
           Figure{"curve", "The curve", "<svg id=\"x\"></svg>\n", "%PDF-1.5\n"}}};
}

TEST(Page, CsvQuotesCommasAndQuotesAndLeavesTheUnknownEmpty) {
  EXPECT_EQ(csv(small_table()), "encoding,BLEU\nrope,1.50\n\"a|b, \"\"c\"\"\",\n");
}

TEST(Page, MarkdownAlignsNumbersAndEscapesBars) {
  EXPECT_TRUE(says(small_page().markdown(), "# Title & more\n\n## Scores\n\n1 \\< 2\n\n",
                   "| encoding | BLEU |\n| --- | ---: |\n| rope | 1.50 |\n| a\\|b, \"c\" | – |\n", "```\nlr = 1\n```",
                   "![The curve](curve.svg)"));
}

TEST(Page, HtmlEscapesTextsButNotFigures) {
  const std::string html = small_page().html();
  EXPECT_TRUE(says(html, "<title>Title &amp; more</title>", "<p>1 &lt; 2</p>", "A &lt;caption&gt;",
                   "<th>a|b, &quot;c&quot;</th><td class=\"n\">–</td>", "<svg id=\"x\"></svg>"));
  EXPECT_EQ(html.find("<caption>"), html.npos);
}

TEST(Page, HtmlNeedsNoOtherFile) {
  const std::string html = small_page().html();
  for (const char* reference : {"src=", "href=", "url(", "@import"}) EXPECT_EQ(html.find(reference), html.npos);
}

TEST(Page, TheBestNumbersOfAColumnAreBoldInEveryForm) {
  Table table{
      "t",
      "",
      {{"name", false}, {"BLEU", true, Best::kHighest}, {"loss", true, Best::kLowest}, {"alone", true, Best::kHighest}},
      {{"sentences", "900", "0", "9"}, {"a", "31.50", "2.0", "5"}, {"b", "31.5", "1.5", ""}, {"c", "20", "~1", ""}}};
  table.heading_rows = 1;
  const std::vector<std::vector<bool>> expected = {{false, false, false, false},
                                                   {false, true, false, false},
                                                   {false, true, true, false},
                                                   {false, false, false, false}};
  EXPECT_EQ(best_cells(table), expected);
  const Page page{"x", {table}};
  EXPECT_TRUE(says(page.html(), "<b>31.50</b>", "<b>31.5</b>", "<b>1.5</b>", ">900<", ">2.0<", ">5<"));
  EXPECT_TRUE(says(page.markdown(), "| a | **31.50** | 2.0 | 5 |"));
  EXPECT_TRUE(says(latex(table), "b & \\textbf{31.5} & \\textbf{1.5} & --"));
  EXPECT_TRUE(says(csv(table), "a,31.50,2.0,5\n"));
}

TEST(Page, CsvHoldsTheNumberOfABound) {
  EXPECT_EQ(csv({"t", "", {{"p"}}, {{"≤ 0.001"}}}), "p\n0.001\n");
}

TEST(Page, FitsPhonesAndPaper) {
  EXPECT_TRUE(says(small_page().html(), "width=device-width", "@media print", "@media screen and (max-width"));
}

TEST(Page, HiddenTablesAreFilesOnly) {
  const ScratchFolder folder;
  Page page = small_page();
  std::get<Table>(page.blocks[3]).shown = false;
  page.write(folder.path());
  EXPECT_EQ(text_of(folder / "report.html").find("rope"), std::string::npos);
  EXPECT_EQ(text_of(folder / "report.md").find("rope"), std::string::npos);
  EXPECT_TRUE(says(text_of(folder / "scores.csv"), "rope,1.50"));
  EXPECT_FALSE(std::filesystem::exists(folder / "scores.tex"));
}

TEST(Page, WritesEveryForm) {
  const ScratchFolder folder;
  small_page().write(folder.path());
  EXPECT_EQ(text_of(folder / "report.html"), small_page().html());
  EXPECT_EQ(text_of(folder / "report.md"), small_page().markdown());
  EXPECT_EQ(text_of(folder / "scores.csv"), csv(small_table()));
  EXPECT_EQ(text_of(folder / "scores.tex"), latex(small_table()));
  EXPECT_EQ(text_of(folder / "curve.svg"), "<svg id=\"x\"></svg>\n");
  EXPECT_EQ(text_of(folder / "curve.pdf"), "%PDF-1.5\n");
}

TEST(Page, RemovesTheFiguresThatAnEarlierOneHadAlone) {
  const ScratchFolder folder;
  folder.file("own.svg", "");
  Page page = small_page();
  page.blocks.emplace_back(Figure{"loss_by-time", "[a](b.svg)", "<svg></svg>\n", "%PDF-1.5\n"});
  page.write(folder.path());
  page.write(folder.path());
  EXPECT_TRUE(std::filesystem::exists(folder / "loss_by-time.svg"));
  small_page().write(folder.path());
  for (const char* gone : {"loss_by-time.svg", "loss_by-time.pdf"})
    EXPECT_FALSE(std::filesystem::exists(folder / gone));
  for (const char* kept : {"curve.svg", "curve.pdf", "own.svg", "scores.csv"}) {
    EXPECT_TRUE(std::filesystem::exists(folder / kept)) << kept;
  }
}

TEST(Page, LeavesTheFiguresOfAReportThatItDidNotWrite) {
  const ScratchFolder folder;
  folder.file("report.md", "# Mine\n\n![A photograph](photograph.svg)\n");
  for (const char* own : {"photograph.svg", "photograph.pdf"}) folder.file(own, "");
  for (int i = 0; i < 2; ++i) small_page().write(folder.path());
  for (const char* own : {"photograph.svg", "photograph.pdf"}) {
    EXPECT_TRUE(std::filesystem::exists(folder / own)) << own;
  }
}

}  // namespace
}  // namespace rotor

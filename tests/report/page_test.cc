#include "report/page.h"

#include <gtest/gtest.h>

#include "base/scratch.h"

namespace rotor {
namespace {

Table small_table() {
  return {"scores", "A <caption>", {{"encoding", false}, {"BLEU"}}, {{"rope", "1.50"}, {"a|b, \"c\"", ""}}};
}

Page small_page() {
  return {"Title & more",
          {Heading{"Scores"}, Paragraph{"1 < 2"}, Listing{"Options", "lr = 1\n"}, small_table(),
           Figure{"curve", "The curve", "<svg id=\"x\"></svg>\n"}}};
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

TEST(Page, HiddenTablesAreFilesOnly) {
  const ScratchFolder folder;
  Page page = small_page();
  std::get<Table>(page.blocks[3]).shown = false;
  page.write(folder.path());
  EXPECT_EQ(text_of(folder / "report.html").find("rope"), std::string::npos);
  EXPECT_EQ(text_of(folder / "report.md").find("rope"), std::string::npos);
  EXPECT_TRUE(says(text_of(folder / "scores.csv"), "rope,1.50"));
}

TEST(Page, WritesEveryForm) {
  const ScratchFolder folder;
  small_page().write(folder.path());
  EXPECT_EQ(text_of(folder / "report.html"), small_page().html());
  EXPECT_EQ(text_of(folder / "report.md"), small_page().markdown());
  EXPECT_EQ(text_of(folder / "scores.csv"), csv(small_table()));
  EXPECT_EQ(text_of(folder / "curve.svg"), "<svg id=\"x\"></svg>\n");
}

}  // namespace
}  // namespace rotor

#include "page/figure.h"

#include <gtest/gtest.h>

#include <cmath>
#include <regex>
#include <set>

#include "base/check.h"
#include "base/process.h"
#include "base/scratch.h"
#include "page/two_by_three.h"

namespace rotor {
namespace {

constexpr double kGap = NAN;

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// What a group of captures finds everywhere in a text.
std::vector<std::string> all(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), regex); at != std::sregex_iterator(); ++at) {
    found.push_back((*at)[1]);
  }
  return found;
}

/// A check of what XML asks of tags: each is closed, in order; attributes are quoted; no stray < or &.
testing::AssertionResult is_well_formed(const std::string& svg) {
  static const std::regex tag(R"(<(/?)([A-Za-z]+)((?:\s+[A-Za-z0-9:_-]+\s*=\s*(?:'[^'<]*'|"[^"<]*"))*)\s*(/?)>)");
  std::vector<std::string> open;
  size_t end = 0;
  for (std::sregex_iterator at(svg.begin(), svg.end(), tag); at != std::sregex_iterator(); ++at) {
    const std::string between = svg.substr(end, at->position() - end);
    if (between.find('<') != between.npos) return testing::AssertionFailure() << "stray < in: " << between;
    if (!std::regex_match(between, std::regex(R"((?:[^&]|&(?:amp|lt|gt|quot|apos|#x[0-9a-f]+);)*)"))) {
      return testing::AssertionFailure() << "stray & in: " << between;
    }
    end = at->position() + at->length();
    const auto& match = *at;
    if (match[1].length() == 0 && match[4].length() == 0) open.push_back(match[2]);
    if (match[1].length() == 0) continue;
    if (open.empty() || open.back() != match[2])
      return testing::AssertionFailure() << "closed but not open: " << match[2];
    open.pop_back();
  }
  if (!open.empty() || svg.find_first_not_of('\n', end) != svg.npos) return testing::AssertionFailure() << "not closed";
  return testing::AssertionSuccess();
}

LinePlot two_lines() {
  LinePlot plot;
  plot.title = "Loss";
  plot.x_label = "update";
  plot.y_label = "nats";
  plot.series = {{"rope", {0, 1, 2, 3}, {4, 3, 2, 1}}, {"none", {0, 1, 2, 3}, {4, 3.5, 3, 2.5}}};
  return plot;
}

LinePlot lines(size_t number) {
  LinePlot plot = two_lines();
  plot.series.assign(number, plot.series[0]);
  return plot;
}

BarPlot bars() {
  BarPlot plot;
  plot.title = "BLEU";
  plot.groups = {"1-10", "11-20"};
  plot.series = {{"rope", {30, 28}, {1, 2}}, {"none", {25, kGap}}};
  return plot;
}

TEST(Figure, HoldsItsTextsAndIsWellFormed) {
  const std::string svg = draw(two_lines(), "loss");
  EXPECT_TRUE(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
  EXPECT_TRUE(is_well_formed(svg));
  EXPECT_TRUE(says(svg, ">Loss</", ">update</", ">nats</", ">rope</", ">none</", "width=\"860\" height=\"460\""));
  EXPECT_TRUE(is_well_formed(draw(two_by_three(), "map")));
  EXPECT_TRUE(is_well_formed(draw(bars(), "bars")));
}

TEST(Figure, IsTheSameFromRunToRun) {
  EXPECT_EQ(draw(two_lines(), "a"), draw(two_lines(), "a"));
  EXPECT_EQ(draw(two_by_three(), "a"), draw(two_by_three(), "a"));
  EXPECT_EQ(draw(bars(), "a"), draw(bars(), "a"));
}

TEST(Figure, AsAPdfIsOnePageTheSameFromRunToRun) {
  const std::string pdf = draw_pdf({two_lines()});
  EXPECT_TRUE(pdf.starts_with("%PDF-"));
  EXPECT_TRUE(says(message_of<Error>([] { draw_pdf({}); }), "got none"));
  if (says(pdf, "/Type /ObjStm")) GTEST_SKIP() << "cairo compresses pages and date since 1.18";
  EXPECT_TRUE(says(pdf, "(D:19700101000000"));
  EXPECT_EQ(count(pdf, "/Type /Page\n") + count(pdf, "/Type /Page "), 1u);
  EXPECT_EQ(pdf, draw_pdf({two_lines()}));
  EXPECT_TRUE(says(draw_pdf({two_lines(), two_by_three()}), "/Count 2"));
}

TEST(Figure, DrawsBarsOfErrorsAtMarkedPointsWhereTheyAreNumbers) {
  LinePlot plot = two_lines();
  const std::string without = draw(plot, "a");
  plot.series[0].error = {kGap, kGap, kGap, kGap};
  const std::string none = draw(plot, "a");
  plot.series[0].error = {0.5, kGap, 0.5, kGap};
  const std::string two = draw(plot, "a");
  plot.series[0].error = {0.5, 0.5, 0.5, 0.5};
  EXPECT_LT(none.size(), two.size());
  EXPECT_LT(two.size(), draw(plot, "a").size());
  EXPECT_EQ(count(none, ">rope<"), count(without, ">rope<")) << "one entry in the key";
}

TEST(Figure, LeavesPointsUnjoinedIfAsked) {
  LinePlot plot = two_lines();
  const std::string joined = draw(plot, "a");
  plot.joined = false;
  EXPECT_LT(draw(plot, "a").size(), joined.size());
}

TEST(Figure, NamesNeitherGnuplotsVersionNorAnyPath) {
  for (const std::string& svg : {draw(two_lines(), "a"), draw(two_by_three(), "a"), draw(bars(), "a")}) {
    EXPECT_EQ(svg.find("Produced"), svg.npos);
    EXPECT_EQ(svg.find("patchlevel"), svg.npos);
    EXPECT_EQ(svg.find("/tmp"), svg.npos);
  }
}

TEST(Figure, IdsOfTwoFiguresNeverMeet) {
  const std::string svg = draw(two_lines(), "first");
  std::set<std::string> ids;
  for (const std::string& id : all(svg, R"(\sid=['"]([^'"]*)['"])")) {
    EXPECT_TRUE(id.starts_with("first-")) << id;
    EXPECT_TRUE(ids.insert(id).second) << id << " stands twice";
  }
  EXPECT_GT(ids.size(), 3u);
  const auto uses = all(svg, R"(href=['"]#([^'"]*)['"])");
  EXPECT_FALSE(uses.empty());
  for (const std::string& use : uses) EXPECT_TRUE(ids.contains(use)) << use;
  for (const std::string id : {"", "1st", "a b", "a'", "\xc3\xa4"}) {
    EXPECT_TRUE(says(message_of<Error>([&] { draw(two_lines(), id); }), "figure's id")) << id;
  }
}

TEST(Figure, ShowsTextsAsTheyAreAndRunsNoneOfThem) {
  ScratchFolder folder;
  const std::string file = (folder / "made").string();
  const std::vector<std::string> texts = {"`touch " + file + "`",
                                          "'; system 'touch " + file + "' #",
                                          "\"; system \"touch " + file + "\" #",
                                          "a_b^{2} @x %d %% $data0 \\n \\",
                                          "</text><script>alert(1)</script> &amp; & &#4; &#x4; <b>",
                                          "END",
                                          "id='x' href='#y' url(#z)",
                                          "größer 北京"};
  for (const std::string& text : texts) {
    LinePlot plot = two_lines();
    plot.title = plot.x_label = plot.series[1].name = text;
    plot.x_names = {text, "b", "c", "d"};
    HeatMap map = two_by_three();
    map.rows[0] = map.columns[1] = map.value_label = map.y_label = text;
    BarPlot group = bars();
    group.groups[0] = group.series[0].name = text;
    for (const std::string& svg : {draw(plot, "a"), draw(map, "a"), draw(group, "a")}) {
      EXPECT_TRUE(is_well_formed(svg)) << text;
      EXPECT_EQ(svg.find("<script"), svg.npos);
      std::string shown = std::regex_replace(text, std::regex("&"), "&amp;");
      shown = std::regex_replace(shown, std::regex("<"), "&lt;");
      EXPECT_GE(count(std::regex_replace(svg, std::regex("&#x26;"), "&amp;"), shown), 2u) << text << " in " << svg;
    }
  }
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(Figure, ControlCharactersBecomeSpacesAndOtherThanUtf8IsRefused) {
  LinePlot plot = two_lines();
  plot.title = "a\nset title 'b'\tc\x01";
  EXPECT_TRUE(says(draw(plot, "a"), "a set title 'b' c "));
  plot.title = "\xff";
  EXPECT_TRUE(says(message_of<Error>([&] { draw(plot, "a"); }), "UTF-8"));
}

TEST(LinePlot, ANumberThatIsNotFiniteLeavesAGap) {
  LinePlot plot = two_lines();
  plot.series.resize(1);
  const auto path = [&] {  // the path of the only coloured line, without its sample in the key
    const auto found = all(draw(plot, "a"), R"(stroke='rgb\(\s*0, 114, 178\)'\s+d='([^']*)')");
    EXPECT_EQ(found.size(), 1u);
    return found.at(0);
  };
  EXPECT_EQ(count(path(), "M"), 2u);
  plot.series[0].y[1] = kGap;
  EXPECT_EQ(count(path(), "M"), 3u);
  plot.series[0].y[1] = INFINITY;
  EXPECT_EQ(count(path(), "M"), 3u);
}

TEST(LinePlot, FourteenSeriesDifferInColourOrDashAndInMarker) {
  const std::string svg = draw(lines(kMaxSeries), "a");
  std::set<std::string> looks, markers;
  for (const std::string& look : all(svg, R"(<path (stroke='[^>]*)  d='M[^M]* M)")) looks.insert(look);  // key, line
  for (const std::string& marker : all(svg, R"(<use xlink:href='#a-(gpPt\d+)' transform)")) markers.insert(marker);
  looks.erase("stroke='rgb( 68,  68,  68)'");  // the border
  EXPECT_EQ(looks.size(), kMaxSeries);
  EXPECT_EQ(markers.size(), kMaxSeries);
  EXPECT_TRUE(says(message_of<Error>([] { draw(lines(kMaxSeries + 1), "a"); }), "1 to 14 series", "15"));
  EXPECT_TRUE(says(message_of<Error>([] { draw(lines(0), "a"); }), "1 to 14 series"));
}

TEST(LinePlot, LogarithmicAxesSpaceEqualRatiosEqually) {
  LinePlot plot = two_lines();
  plot.series = {{"", {1, 10, 100}, {1, 10, 100}}};
  plot.log_x = plot.log_y = true;
  const auto found = all(draw(plot, "a"), R"(#a-gpPt6' transform='translate\(([0-9.]+),)");
  ASSERT_GE(found.size(), 3u);
  EXPECT_NEAR(std::stod(found[1]) - std::stod(found[0]), std::stod(found[2]) - std::stod(found[1]), 0.02);
}

TEST(LinePlot, ALineStandsWhereAskedAndNowhereElse) {
  LinePlot plot = two_lines();
  const size_t before = count(draw(plot, "a"), "<path");
  plot.x_mark = 1.5;
  const std::string svg = draw(plot, "a");
  EXPECT_EQ(count(svg, "<path"), before + 1);
  EXPECT_TRUE(is_well_formed(svg));
}

TEST(LinePlot, MarksEveryPointOfAShortLineAndSomeOfALong) {
  LinePlot plot = two_lines();
  plot.series = {{"long", {}, {}}};
  for (int i = 0; i < 1000; ++i) {
    plot.series[0].x.push_back(i);
    plot.series[0].y.push_back(i);
  }
  EXPECT_LE(count(draw(plot, "a"), "#a-gpPt6' transform"), 14u);
  EXPECT_GE(count(draw(plot, "a"), "#a-gpPt6' transform"), 8u);
}

TEST(LinePlot, SizesThatDoNotFitAreNamed) {
  LinePlot plot = two_lines();
  plot.series[1].x.pop_back();
  EXPECT_TRUE(says(message_of<Error>([&] { draw(plot, "a"); }), "'none'", "3", "4"));
}

TEST(Figure, WithNothingToDrawIsRefused) {
  LinePlot plot = two_lines();
  plot.series[0] = {"empty", {}, {}};
  EXPECT_TRUE(is_well_formed(draw(plot, "a")));
  plot.series[1].y.assign(4, kGap);
  EXPECT_TRUE(says(message_of<Error>([&] { draw(plot, "a"); }), "'Loss' has no point"));
  plot.series = {{"", {0, 1}, {1, 0}}};
  plot.log_x = plot.log_y = true;
  EXPECT_TRUE(says(message_of<Error>([&] { draw(plot, "a"); }), "'Loss' has no point"));
  BarPlot none = bars();
  for (auto& series : none.series) series.values.assign(2, kGap);
  EXPECT_TRUE(says(message_of<Error>([&] { draw(none, "a"); }), "'BLEU' has no bar"));
}

TEST(Figure, StandsAboveAnother) {
  const std::string svg = above_each_other({draw(two_lines(), "a"), draw(bars(), "b")});
  EXPECT_TRUE(is_well_formed(svg));
  EXPECT_TRUE(says(svg, "height=\"920\"", "<svg y=\"0\" ", "<svg y=\"460\" ", "a-gpDot", "b-gpDot"));
}

TEST(BarPlot, DrawsABarForEveryFiniteValueAndItsError) {
  const std::string svg = draw(bars(), "a");
  EXPECT_TRUE(says(svg, ">1-10</", ">11-20</", ">rope</", ">none</"));
  EXPECT_EQ(all(svg, R"((fill\s*=\s*'rgb\(\s*0, 114, 178\)'))").size(), 2u + 1u);  // and its sample in the key
  EXPECT_EQ(all(svg, R"((fill\s*=\s*'rgb\(213,\s*94,\s*0\)'))").size(), 1u + 1u);
  BarPlot wrong = bars();
  wrong.series[1].values.pop_back();
  EXPECT_TRUE(says(message_of<Error>([&] { draw(wrong, "a"); }), "'none'", "expected 2 values"));
  wrong.groups.clear();
  EXPECT_TRUE(says(message_of<Error>([&] { draw(wrong, "a"); }), "at least one group"));
}

}  // namespace
}  // namespace rotor

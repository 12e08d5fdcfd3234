#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "base/check.h"
#include "base/scratch.h"
#include "page/two_by_three.h"

namespace rotor {
namespace {

struct Colour {
  int red, green, blue;

  bool operator==(const Colour&) const = default;
};

/// The colours of a map's squares by row, from the top, and column. Those of its scale are far lower than any square.
std::map<std::pair<int64_t, int64_t>, Colour> squares_of(const std::string& svg) {
  static const std::regex polygon(R"(<polygon\s+fill\s*=\s*'rgb\(\s*(\d+),\s*(\d+),\s*(\d+)\)'\s+points\s*=\s*'\s*)"
                                  R"(([\d.]+),([\d.]+) [\d.]+,[\d.]+ [\d.]+,([\d.]+) [^']*'/>)");
  std::map<std::pair<double, double>, Colour> by_place;
  std::set<double> tops, lefts;
  for (std::sregex_iterator at(svg.begin(), svg.end(), polygon); at != std::sregex_iterator(); ++at) {
    const auto& found = *at;
    const double left = std::stod(found[4]), bottom = std::stod(found[5]), top = std::stod(found[6]);
    if (bottom - top < 30) continue;
    const Colour colour{std::stoi(found[1]), std::stoi(found[2]), std::stoi(found[3])};
    EXPECT_TRUE(by_place.insert({{top, left}, colour}).second) << "two squares at " << top << ", " << left;
    tops.insert(top);
    lefts.insert(left);
  }
  std::map<std::pair<int64_t, int64_t>, Colour> squares;
  for (const auto& [place, colour] : by_place) {
    squares[{std::distance(tops.begin(), tops.find(place.first)),
             std::distance(lefts.begin(), lefts.find(place.second))}] = colour;
  }
  return squares;
}

TEST(HeatMap, DrawsASquareForEveryFiniteValueRowZeroOnTop) {
  const HeatMap map = two_by_three();
  const std::string svg = draw(map, "a");
  EXPECT_TRUE(says(svg, ">Ein</", ">Haus</", ">small</", ">house</"));
  const auto squares = squares_of(svg);
  std::map<double, int> greens;  // of each value: the palette has more green the greater it is
  for (int64_t row = 0; row < 2; ++row) {
    for (int64_t column = 0; column < 3; ++column) {
      const double value = map.values[row * 3 + column];
      ASSERT_EQ(squares.contains({row, column}), std::isfinite(value)) << row << " " << column;
      if (std::isfinite(value)) greens[value] = squares.at({row, column}).green;
    }
  }
  EXPECT_EQ(squares.size(), greens.size());
  EXPECT_EQ(squares.at({0, 0}), (Colour{0xfd, 0xe7, 0x25})) << "the greatest value";
  EXPECT_EQ(squares.at({0, 2}), (Colour{0x44, 0x01, 0x54})) << "the least";
  for (auto at = greens.begin(); std::next(at) != greens.end(); ++at) {
    EXPECT_LT(at->second, std::next(at)->second) << at->first;
  }
}

TEST(HeatMap, RefusesAnotherNumberOfValues) {
  HeatMap map = two_by_three();
  map.values.pop_back();
  EXPECT_TRUE(says(message_of<Error>([&] { draw(map, "a"); }), "expected 2 x 3 values", "got 5"));
}

}  // namespace
}  // namespace rotor

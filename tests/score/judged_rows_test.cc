#include "score/judged_rows.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(JudgedRows, AreOfClassesOrOfNumbers) {
  const JudgedRows classes = JudgedRows::of_classes({0, 2}, {1, 1}, 3);
  EXPECT_EQ(classes.size(), 2u);
  EXPECT_EQ(classes.classes(), 3);
  EXPECT_EQ(classes.predicted_classes()[1], 1);
  const JudgedRows numbers = JudgedRows::of_numbers({0.5, 1, 0}, {2, 1, 1});
  EXPECT_EQ(numbers.size(), 3u);
  EXPECT_EQ(numbers.classes(), 0);
  EXPECT_EQ(std::vector<size_t>(numbers.true_order().begin(), numbers.true_order().end()),
            (std::vector<size_t>{2, 0, 1}));
  EXPECT_EQ(std::vector<size_t>(numbers.predicted_order().begin(), numbers.predicted_order().end()),
            (std::vector<size_t>{1, 2, 0}));
}

TEST(JudgedRows, RefuseWhatIsNone) {
  const auto classes = [](std::vector<int64_t> truth, std::vector<int64_t> predicted, int64_t count) {
    return message_of<Error>([&] { JudgedRows::of_classes(truth, predicted, count); });
  };
  EXPECT_TRUE(says(classes({0, 1}, {0}, 2), "as many predictions as rows", "1 and 2"));
  EXPECT_TRUE(says(classes({}, {}, 2), "at least one row"));
  EXPECT_TRUE(says(classes({0, 2}, {0, 0}, 2), "true classes from 0 to 1", "got 2 in row 2"));
  EXPECT_TRUE(says(classes({0, 0}, {-1, 0}, 2), "predicted classes", "got -1 in row 1"));
  const auto numbers = [](std::vector<double> truth, std::vector<double> predicted) {
    return message_of<Error>([&] { JudgedRows::of_numbers(truth, predicted); });
  };
  EXPECT_TRUE(says(numbers({0}, {0, 1}), "2 and 1"));
  EXPECT_TRUE(says(numbers({}, {}), "at least one row"));
  EXPECT_TRUE(says(numbers({0, 1}, {0, NAN}), "predicted numbers", "nan in row 2"));
  EXPECT_TRUE(says(numbers({INFINITY, 1}, {0, 1}), "true numbers", "inf in row 1"));
}

}  // namespace
}  // namespace rotor

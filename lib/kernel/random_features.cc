#include "kernel/random_features.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"

namespace rotor {
namespace {

using Row = std::vector<double>;

Row gaussian(int64_t d, Random& random) {
  Row row(d);
  for (double& value : row) value = random.normal();
  return row;
}

double dot(const Row& a, const Row& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double norm(const Row& row) {
  return std::sqrt(dot(row, row));
}

/// Takes from `row` its parts along the unit vectors `others`; twice, since the first time leaves rounding errors.
void make_orthogonal(Row& row, const std::vector<Row>& others) {
  for (int pass = 0; pass < 2; ++pass) {
    for (const Row& other : others) {
      const double along = dot(row, other);
      for (size_t i = 0; i < row.size(); ++i) row[i] -= along * other[i];
    }
  }
}

}  // namespace

int64_t default_random_features(int64_t d) {
  const auto width = static_cast<double>(d);
  return std::max<int64_t>(1, static_cast<int64_t>(width * std::log(width)));
}

Tensor random_features(int64_t m, int64_t d, uint64_t seed) {
  ROTOR_CHECK(m > 0 && d > 0, "expected at least 1 random feature and a head width of at least 1, got {} and {}", m, d);
  Tensor w({m, d});
  std::vector<Row> units;  // the block's rows so far
  Random random(0);
  for (int64_t r = 0; r < m; ++r) {
    if (r % d == 0) {
      units.clear();
      random = Random(derive(derive(seed, "random features"), static_cast<uint64_t>(r / d)));
    }
    Row row = gaussian(d, random);
    make_orthogonal(row, units);
    const double length = norm(row);
    for (double& value : row) value /= length;
    const double rescaled = norm(gaussian(d, random));
    for (int64_t i = 0; i < d; ++i) w.data()[r * d + i] = static_cast<float>(rescaled * row[i]);
    units.push_back(std::move(row));
  }
  return w;
}

}  // namespace rotor

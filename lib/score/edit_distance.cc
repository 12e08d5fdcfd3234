#include "score/edit_distance.h"

#include <algorithm>
#include <cmath>

namespace rotor {
namespace {

constexpr int32_t kUnreached = 1 << 30;
constexpr double kBeam = 25;

}  // namespace

int64_t EditDistance::measure(const std::vector<uint32_t>& hypothesis) {
  words_ = hypothesis.size();
  cells_.resize((words_ + 1) * columns());
  for (size_t j = 0; j < columns(); ++j) cells_[j] = {static_cast<int32_t>(j), Edit::kInsert};
  for (size_t i = 1; i <= words_; ++i) fill_row(i, hypothesis[i - 1], row(i - 1), &cells_[i * columns()]);
  return cells_.back().cost;
}

int64_t EditDistance::measure_variant(const std::vector<uint32_t>& hypothesis, size_t same) {
  variant_.resize(2 * columns());
  const Cell* above = row(same);
  for (size_t i = same + 1; i <= words_; ++i) {
    Cell* cells = &variant_[i % 2 * columns()];
    fill_row(i, hypothesis[i - 1], above, cells);
    above = cells;
  }
  return above[columns() - 1].cost;
}

void EditDistance::fill_row(size_t i, uint32_t word, const Cell* above, Cell* cells) const {
  const auto columns = static_cast<int64_t>(this->columns());
  const double ratio = static_cast<double>(reference_.size()) / static_cast<double>(words_);
  const double beam = kBeam < ratio / 2 ? std::ceil(ratio / 2 + kBeam) : kBeam;  // rows must overlap
  const double diagonal = std::floor(static_cast<double>(i) * ratio);
  const auto begin = std::max<int64_t>(0, static_cast<int64_t>(diagonal - beam));
  const auto end = i == words_ ? columns : std::min(columns, static_cast<int64_t>(diagonal + beam));

  std::fill(cells, cells + columns, Cell{kUnreached, Edit::kNone});
  for (int64_t j = begin; j < end; ++j) {
    Cell best = {above[j].cost + 1, Edit::kDelete};
    if (j > 0) {
      const bool same = word == reference_[static_cast<size_t>(j - 1)];
      const Cell diagonal_step = {above[j - 1].cost + (same ? 0 : 1), same ? Edit::kKeep : Edit::kSubstitute};
      if (diagonal_step.cost <= best.cost) best = diagonal_step;
      if (cells[j - 1].cost + 1 < best.cost) best = {cells[j - 1].cost + 1, Edit::kInsert};
    }
    if (best.cost < kUnreached) cells[j] = best;
  }
}

Alignment EditDistance::alignment() const {
  const auto references = reference_.size();
  Alignment alignment;
  alignment.position.resize(references);
  alignment.reference_wrong.assign(references, true);
  alignment.hypothesis_wrong.assign(words_, true);
  for (size_t i = words_, j = references; i > 0 || j > 0;) {
    const Edit edit = row(i)[j].edit;
    if (edit == Edit::kDelete) {
      --i;
      continue;
    }
    --j;
    alignment.position[j] = static_cast<int64_t>(i) - 1;
    if (edit == Edit::kInsert) continue;
    --i;
    if (edit == Edit::kKeep) alignment.reference_wrong[j] = alignment.hypothesis_wrong[i] = false;
  }
  return alignment;
}

}  // namespace rotor

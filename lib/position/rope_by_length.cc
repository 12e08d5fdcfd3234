#include "position/rope_by_length.h"

#include "autograd/turned_scores.h"
#include "position/rope_frequencies.h"
#include "position/rotation.h"

namespace rotor {
namespace {

class RopeByLength : public PositionEncoding {
 public:
  RopeByLength(const PositionOptions& options, int64_t width, bool causal)
      : options_(options),
        width_(width),
        causal_(causal),
        original_(options.rope_scaling.original_length),
        turn_(rope_frequencies(options, width, original_), options.rope_layout,
              rope_attention_factor(options.rope_scaling)) {}

  Touches touches() const override { return {.heads = true, .scores = true, .reads_keys = true}; }

  Variable on_queries(const Variable& q, Range at) const override { return turn_(q, at); }
  Variable on_keys(const Variable& k, Range at) const override { return turn_(k, at); }

  Variable on_scores(const Variable& scores, const Variable& q, const Variable& k, Range queries,
                     Range keys) const override {
    const int64_t end = std::max(queries.end(), keys.end());
    if (end <= original_) return scores;
    const int64_t first = causal_ ? std::max(original_, queries.begin) : original_;  // an earlier query's do not change
    return turn_scores(scores, q, k, {queries.begin, keys.begin, causal_}, changes(first, end));
  }

 private:
  /// What changes at the positions from `first`, which is at or beyond the original length, up to `end`.
  FrequencyChanges changes(int64_t first, int64_t end) const {
    FrequencyChanges result{first, {}, turn_.pairs()};
    const bool grows = options_.rope_scaling.kind == "dynamic-ntk";
    for (int64_t length = first + 1; length <= (grows ? end : first + 1); ++length) {
      auto& row = result.rows.emplace_back(rope_frequencies(options_, width_, length));
      for (size_t i = 0; i < row.size(); ++i) row[i] -= turn_.frequencies()[i];
    }
    return result;
  }

  PositionOptions options_;
  int64_t width_;
  bool causal_;
  int64_t original_;
  Rotation turn_;
};

}  // namespace

std::unique_ptr<PositionEncoding> make_rope_by_length(const PositionOptions& options, const StackSizes& sizes) {
  return std::make_unique<RopeByLength>(options, rope_width(options, sizes.turned_width()), sizes.causal);
}

}  // namespace rotor

#include "position/rope.h"

#include <cmath>

#include "base/option_text.h"
#include "position/rope_by_length.h"
#include "position/rope_frequencies.h"
#include "position/rotation.h"

namespace rotor {
namespace {

class Rope : public PositionEncoding {
 public:
  explicit Rope(const Rotation& turn) : turn_(turn) {}

  Touches touches() const override { return {.heads = true}; }

  Variable on_queries(const Variable& q, Range at) const override { return turn_(q, at); }
  Variable on_keys(const Variable& k, Range at) const override { return turn_(k, at); }

 private:
  Rotation turn_;
};

/// Rope that turns the values too, by angles of their own width.
class RopeOfValues : public Rope {
 public:
  RopeOfValues(const Rotation& turn, const Rotation& values) : Rope(turn), values_(values) {}
  Variable on_values(const Variable& v, Range at) const override { return values_(v, at); }

 private:
  Rotation values_;
};

/// longrope has a factor for each pair, a number above 0.
void check_factors(const Texts& factors, const char* option, int64_t pairs) {
  require(std::ssize(factors) == pairs, "--rope-scaling longrope needs {} numbers as {}, one for each pair, got {}",
          pairs, option, factors.size());
  for (const std::string& text : factors) {
    double factor = 0;
    require(read_value({text}, factor) && std::isfinite(factor) && factor > 0, "{} expects numbers above 0, got '{}'",
            option, text);
  }
}

void check_scaling(const PositionOptions& options, const StackSizes& sizes, int64_t width) {
  const RopeScalingOptions& scaling = options.rope_scaling;
  scaling.check();
  require(scaling.kind != "yarn" || options.rope_base > 1, "--rope-scaling yarn needs --rope-base above 1, got {}",
          options.rope_base);
  require(sizes.scores || rope_attention_factor(scaling) == 1,
          "--rope-scaling {} changes the scale of softmax, which this attention has not; choose linear, ntk or llama3",
          scaling.kind);
  require(!scaling.follows_length() || (!options.rotary_value && !options.rotary_cross_attention),
          "--rope-scaling {} turns scores again when a text grows: leave out --rotary-value and "
          "--rotary-cross-attention",
          scaling.kind);
  if (scaling.kind != "longrope") return;
  check_factors(scaling.short_factors, "--rope-short-factors", width / 2);
  check_factors(scaling.long_factors, "--rope-long-factors", width / 2);
}

}  // namespace

void check_rope(const PositionOptions& options, const StackSizes& sizes, const std::string& name) {
  if (options.rope_fraction == 1) check_pairs(sizes, name);
  const int64_t width = rope_width(options, sizes.turned_width());
  require(width >= 2 && width % 2 == 0,
          "--rope-fraction {} of {} numbers are {}, and {} turns pairs; choose a share that is an even number",
          options.rope_fraction, sizes.turned_width(), width, name);
  require(!options.rotary_value || rope_width(options, sizes.head_width()) % 2 == 0,
          "--rotary-value turns pairs, and --rope-fraction {} of {} numbers of a value are {}; choose another share",
          options.rope_fraction, sizes.head_width(), rope_width(options, sizes.head_width()));
  require(rope_kept_pairs(options, width) > 0,
          "--rope-kept-frequencies {} of {} pairs leaves none; choose a larger one", options.rope_kept_frequencies,
          width / 2);
  check_scaling(options, sizes, width);
}

std::unique_ptr<PositionEncoding> make_rope(const PositionOptions& options, const StackSizes& sizes) {
  check_rope(options, sizes, "rope");
  if (options.rope_scaling.follows_length()) return make_rope_by_length(options, sizes);
  const auto frequencies = [&](int64_t width) { return rope_frequencies(options, rope_width(options, width), 0); };
  const Rotation turn(frequencies(sizes.turned_width()), options.rope_layout,
                      rope_attention_factor(options.rope_scaling));
  if (!options.rotary_value) return std::make_unique<Rope>(turn);
  const Rotation values(frequencies(sizes.head_width()), options.rope_layout);
  return std::make_unique<RopeOfValues>(turn, values);
}

}  // namespace rotor

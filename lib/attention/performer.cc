#include "attention/performer.h"

#include "attention/linear.h"
#include "autograd/favor.h"
#include "base/random.h"
#include "kernel/random_features.h"

namespace rotor {
namespace {

/// FAVOR+ with random vectors that change in training, and are always the first ones outside of it.
class FavorMap : public FeatureMap {
 public:
  FavorMap(const AttentionOptions& options, int64_t d, uint64_t seed)
      : shape_{performer_features(options, d), d},
        redraw_(options.performer_redraw_updates),
        fixed_(random_features(shape_[0], shape_[1], seed)),
        drawn_(fixed_) {}

  Variable of_queries(const Variable& q, const AttentionMask& mask) const override {
    return favor_queries(q, projection(), mask);
  }
  KeyFeatures of_keys(const Variable& k, const AttentionMask& mask, const LinearAttentionSums& past) const override {
    return favor_keys(k, projection(), mask, past);
  }

 protected:
  void begin_own_update(uint64_t seed, int64_t update) override {
    const int64_t draw = redraw_ == 0 ? 0 : update / redraw_;
    if (draw == draw_) return;
    draw_ = draw;
    drawn_ = draw == 0
                 ? fixed_
                 : FavorProjection(random_features(shape_[0], shape_[1], derive(seed, static_cast<uint64_t>(draw))));
  }

 private:
  const FavorProjection& projection() const { return recording() ? drawn_ : fixed_; }

  Shape shape_;  ///< [m, d]
  int64_t redraw_, draw_ = 0;
  FavorProjection fixed_, drawn_;
};

}  // namespace

int64_t performer_features(const AttentionOptions& options, int64_t d) {
  if (options.performer_features > 0) return options.performer_features;
  const int64_t m = default_random_features(d);
  return options.linear_rotary == "after" && m > 1 ? m - m % 2 : m;
}

int64_t performer_turned_width(const AttentionOptions& options, int64_t d) {
  return options.linear_rotary == "after" ? performer_features(options, d) : d;
}

std::unique_ptr<AttentionKernel> make_performer_attention(const AttentionParts& parts) {
  return std::make_unique<LinearAttention>(parts,
                                           std::make_unique<FavorMap>(parts.options, parts.heads.width, parts.seed));
}

}  // namespace rotor

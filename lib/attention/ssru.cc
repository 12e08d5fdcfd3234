#include "attention/ssru.h"

#include "autograd/recurrence.h"
#include "base/check.h"
#include "kernel/cached_blocks.h"
#include "kernel/recurrence.h"

namespace rotor {
namespace {

/// Holds the cells of the tokens that came last. Its "keys" are the logits of the gates, its "values" the inputs.
class SsruState : public AttentionState {
 public:
  void absorb(const Variable& logits, const Variable& x, Range at, const Packing& packing) override {
    ROTOR_CHECK(!recording() || !cells_.defined(),
                "tokens can be appended to others only without gradients: decode under NoGrad");
    const Packing rows = packing.rows() > 0 ? packing : whole(x, at);
    cells_ = gated_recurrence(logits, x, rows, last_);
    rows_ = rows.rows();
    if (!recording()) last_ = last_cells(cells_.value(), rows);
  }

  Variable attend(const Variable& /*q*/, Range /*at*/, const AttentionMask& mask,
                  const Packing& /*packing*/) const override {
    ROTOR_CHECK(mask.causal, "expected tokens that see no later ones, as an SSRU reads from left to right");
    return relu(cells_);
  }

  void select(std::span<const int64_t> rows) override {
    if (last_.defined()) last_ = gather_rows(last_, rows);
    rows_ = std::ssize(rows);
  }

  int64_t rows() const override { return rows_; }
  bool keeps_packed() const override { return true; }

 private:
  /// Rows [rows, T, D] without padding.
  static Packing whole(const Variable& x, Range at) {
    const int64_t rows = x.value().elements() / (at.size * x.size(-1));
    return {at.size, std::vector<int32_t>(rows, static_cast<int32_t>(at.size))};
  }

  Variable cells_;
  Tensor last_;
  int64_t rows_ = 0;
};

class SsruKernel : public AttentionKernel {
 public:
  std::unique_ptr<AttentionState> once(const AttentionMask&) const override { return cache(); }
  std::unique_ptr<AttentionState> cache() const override { return std::make_unique<SsruState>(); }
};

}  // namespace

Ssru::Ssru(int64_t width)
    : gate_(width, width, xavier_uniform(width, width), zeros()),
      input_(width, width, xavier_uniform(width, width), nullptr),
      kernel_(std::make_unique<SsruKernel>()) {
  part("gate", gate_);
  part("input", input_);
}

void Ssru::absorb(const Variable& x, Range at, AttentionState& state, const Packing& packing) const {
  state.absorb(gate_(x), input_(x), at, packing);
}

Variable Ssru::attend(const Variable& x, Range at, const AttentionMask& mask, const AttentionState& state,
                      const Packing& packing) const {
  return state.attend(x, at, mask, packing);
}

}  // namespace rotor

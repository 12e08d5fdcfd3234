// Heads of attention: one head of one sentence is a matrix [T, d] whose rows are contiguous, within a padded tensor
// [B, H, T, d] or within packed tokens [tokens, H·d]. Padded results lie in memory as [B, T, H, d], so that merging the
// heads is a view.
#pragma once

#include <algorithm>
#include <optional>

#include "kernel/packing.h"
#include "kernel/small_gemm.h"
#include "tensor/tensor.h"

namespace rotor {

struct Head {
  Head(float* first, int64_t row_stride) : data(first), stride(row_stride) {}
  Head(const Tensor& tensor, int64_t b, int64_t h)
      : data(tensor.data() + b * tensor.stride(0) + h * tensor.stride(1)), stride(tensor.stride(2)) {}
  float* row(int64_t i) const { return data + i * stride; }
  /// The matrix from row i on.
  SmallMatrix from(int64_t i) const { return {row(i), stride, 1}; }

  float* data;
  int64_t stride;
};

inline void zero_rows(const Head& x, int64_t begin, int64_t end, int64_t width) {
  for (int64_t i = begin; i < end; ++i) std::fill_n(x.row(i), width, 0.f);
}

/// Returns x, or a contiguous copy of it if its last axis is not contiguous.
inline Tensor with_dense_rows(const Tensor& x) {
  return x.stride(-1) == 1 ? x : x.contiguous();
}

/// Returns the shape with another last axis.
inline Shape with_width(Shape shape, int64_t width) {
  shape[shape.rank() - 1] = width;
  return shape;
}

/// A new tensor [B, H, T, d] whose memory is [B, T, H, d].
inline Tensor heads_tensor(int64_t batch, int64_t heads, int64_t length, int64_t width) {
  return Tensor({batch, length, heads, width}).transpose(1, 2);
}

/// The number of query heads that share a head of keys and values: query head h uses head h / count_sharing(…).
inline int64_t count_sharing(int64_t query_heads, int64_t key_value_heads) {
  ROTOR_CHECK(key_value_heads > 0 && query_heads % key_value_heads == 0,
              "expected a number of key-value heads that divides the {} query heads, got {}", query_heads,
              key_value_heads);
  return query_heads / key_value_heads;
}

/// Repeats each head of x [B, Hkv, T, d] n times in turn -> [B, Hkv · n, T, d], contiguous: as many heads as the
/// queries have, for products that know no sharing.
Tensor repeat_heads(const Tensor& x, int64_t n);
/// The gradient of repeat_heads(): each head of the result [B, H / n, T, d] is the sum of n heads of `gradient`
/// [B, H, T, d].
Tensor sum_repeated_heads(const Tensor& gradient, int64_t n);

/// All heads of a batch, in either form: padded or packed.
class Heads {
 public:
  /// Makes the heads of a padded tensor [B, H, T, d] whose last axis is contiguous.
  Heads(Tensor padded) : tensor_(std::move(padded)) {  // NOLINT: a tensor of rank 4 is its heads
    ROTOR_CHECK(tensor_.rank() == 4 && tensor_.stride(3) == 1,
                "expected heads as [B, H, T, d] with a contiguous last axis, got {}", tensor_.shape().str());
  }
  /// Makes the heads of packed tokens [tokens, H·d].
  Heads(const Tensor& packed, const Packing& packing, int64_t heads)
      : tensor_(packed.contiguous()), packing_(packing), heads_(heads) {
    ROTOR_CHECK(tensor_.rank() == 2 && tensor_.size(0) == packing.tokens(), "expected {} packed tokens, got {}",
                packing.tokens(), tensor_.shape().str());
    ROTOR_CHECK(heads > 0 && tensor_.size(1) % heads == 0, "cannot split tokens of width {} into {} heads",
                tensor_.size(1), heads);
  }

  const Tensor& tensor() const { return tensor_; }
  int64_t batch() const { return packing_ ? packing_->rows() : tensor_.size(0); }
  int64_t heads() const { return packing_ ? heads_ : tensor_.size(1); }
  int64_t length() const { return packing_ ? packing_->length() : tensor_.size(2); }
  int64_t width() const { return packing_ ? tensor_.size(1) / heads_ : tensor_.size(3); }
  /// The number of rows of each head of sentence b.
  int64_t size(int64_t b) const { return packing_ ? packing_->size(b) : tensor_.size(2); }

  Head operator()(int64_t b, int64_t h) const {
    if (!packing_) return {tensor_, b, h};
    return {tensor_.data() + packing_->begin(b) * tensor_.size(1) + h * width(), tensor_.size(1)};
  }

  /// The heads of another tensor that has the form of this one's.
  Heads of(const Tensor& tensor) const { return packing_ ? Heads(tensor, *packing_, heads_) : Heads(tensor); }
  /// Heads of a new, uninitialised tensor of the same form.
  Heads fresh() const {
    return packing_ ? of(Tensor(tensor_.shape())) : of(heads_tensor(batch(), heads(), length(), width()));
  }

 private:
  Tensor tensor_;
  std::optional<Packing> packing_;
  int64_t heads_ = 0;
};

}  // namespace rotor

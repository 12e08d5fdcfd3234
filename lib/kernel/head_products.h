// A product for each head, y = x wᵀ for x [B,H,T,n] and w [H,m,n], or [1,m,n] shared by all heads, and its gradients:
// each head's is one product over all sentences.
#pragma once

#include <cstdint>

#include "tensor/tensor.h"

namespace rotor {

class HeadProducts {
 public:
  HeadProducts(const Tensor& x, const Tensor& w);

  Tensor product() const;  ///< [B,H,T,m]

  /// Lays out the gradient of the product for the functions below.
  Tensor arrange(const Tensor& x) const { return (as_they_are_ ? x : x.transpose(1, 2)).contiguous(); }
  Tensor gradient_of_x(const Tensor& arranged) const;
  Tensor gradient_of_w(const Tensor& arranged) const;

 private:
  Tensor give_back(const Tensor& x) const { return as_they_are_ ? x : x.transpose(1, 2); }

  int64_t heads_ = 1;        // number of products
  bool as_they_are_ = true;  // rows lie as [B,H,T,n], since the heads share a matrix; else as [B,T,H,n]
  Tensor x_, w_;
};

}  // namespace rotor

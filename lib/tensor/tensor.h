// Tensor: float32 numbers with a shape and strides in shared memory. Copying a Tensor shares its numbers; views
// (reshape, transpose, narrow) share them too. It knows no gradients: these belong to the autograd module.
//
//   Tensor x = Tensor::zeros({2, 3});
//   Tensor y = x.transpose(0, 1);   // [3, 2], the same numbers
//   y.contiguous().data()[0] = 1;
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "tensor/shape.h"

namespace rotor {

class Tensor {
 public:
  /// The empty tensor: no numbers, `defined()` is false.
  Tensor() = default;

  /// A new tensor of uninitialised numbers.
  explicit Tensor(Shape shape);
  static Tensor zeros(Shape shape) { return full(shape, 0.f); }
  static Tensor full(Shape shape, float value);
  static Tensor of(Shape shape, const std::vector<float>& values);
  /// A new tensor of uninitialised numbers with the shape of `other`, and with its memory layout if that is dense.
  static Tensor like(const Tensor& other);

  bool defined() const { return data_ != nullptr; }
  const Shape& shape() const { return shape_; }
  const Shape& strides() const { return strides_; }
  int rank() const { return shape_.rank(); }
  int64_t size(int axis) const { return shape_[axis < 0 ? axis + rank() : axis]; }
  int64_t stride(int axis) const { return strides_[axis < 0 ? axis + rank() : axis]; }
  int64_t elements() const { return elements_; }

  float* data() const { return data_; }
  /// The numbers of a contiguous tensor, in order.
  std::span<float> span() const;
  float item() const;  ///< the number of a tensor of one element

  /// Whether other tensors hold these numbers too.
  bool is_shared() const { return storage_.use_count() > 1; }
  bool is_contiguous() const;
  /// True if the numbers fill a gapless stretch of memory in some order of the axes.
  bool is_dense() const;
  /// This tensor if it is contiguous, else a contiguous copy.
  Tensor contiguous() const;
  Tensor clone() const { return copy_of(*this); }

  // Views: no numbers are copied.
  Tensor reshape(Shape shape) const;                           ///< contiguous only; one size may be -1
  Tensor transpose(int a, int b) const;                        ///< axes a and b exchanged
  Tensor narrow(int axis, int64_t begin, int64_t size) const;  ///< a range of one axis
  /// A view of any strides, in elements. The bounds are not checked.
  Tensor as_strided(Shape shape, Shape strides) const;

  void fill(float value) const;
  /// Copies the numbers of a tensor of the same shape and any strides.
  void copy_from(const Tensor& other) const;
  /// Computes this += scale · other, for a tensor of the same shape and any strides.
  void add(const Tensor& other, float scale = 1) const;

 private:
  static Tensor copy_of(const Tensor& other);

  std::shared_ptr<float> storage_;
  float* data_ = nullptr;
  Shape shape_, strides_;
  int64_t elements_ = 0;
};

}  // namespace rotor

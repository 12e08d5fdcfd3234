#include "tensor/tensor.h"

#include <algorithm>
#include <cstring>

#include "tensor/allocator.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

Shape contiguous_strides(const Shape& shape) {
  Shape strides = shape;
  int64_t step = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/// Calls `row(a, b, size)` for every pair of innermost rows of two tensors of one shape; `a` and `b` are offsets.
template <typename Row>
void for_each_row(const Tensor& a, const Tensor& b, Row row) {
  ROTOR_CHECK(a.shape() == b.shape(), "expected a tensor of shape {}, got {}", a.shape().str(), b.shape().str());
  if (a.rank() == 0) return row(0, 0, 1);
  const int64_t size = a.size(-1);
  const int64_t rows = size ? a.elements() / size : 0;
  parallel_for(a.elements() > kParallelElements, rows, [&](int64_t r) {
    int64_t rest = r, offset_a = 0, offset_b = 0;
    for (int axis = a.rank() - 2; axis >= 0; --axis) {
      const int64_t index = rest % a.size(axis);
      rest /= a.size(axis);
      offset_a += index * a.stride(axis);
      offset_b += index * b.stride(axis);
    }
    row(offset_a, offset_b, size);
  });
}

}  // namespace

Tensor::Tensor(Shape shape)
    : storage_(allocate(shape.elements())),
      data_(storage_.get()),
      shape_(shape),
      strides_(contiguous_strides(shape)),
      elements_(shape.elements()) {}

Tensor Tensor::full(Shape shape, float value) {
  Tensor result(shape);
  result.fill(value);
  return result;
}

Tensor Tensor::of(Shape shape, const std::vector<float>& values) {
  ROTOR_CHECK(shape.elements() == static_cast<int64_t>(values.size()), "expected {} values for shape {}, got {}",
              shape.elements(), shape.str(), values.size());
  Tensor result(shape);
  std::copy(values.begin(), values.end(), result.data());
  return result;
}

Tensor Tensor::like(const Tensor& other) {
  Tensor result(other.shape_);
  if (other.is_dense()) result.strides_ = other.strides_;
  return result;
}

std::span<float> Tensor::span() const {
  ROTOR_CHECK(is_contiguous(), "expected a contiguous tensor, got shape {} with strides {}", shape_.str(),
              strides_.str());
  return {data_, static_cast<size_t>(elements_)};
}

float Tensor::item() const {
  ROTOR_CHECK(elements_ == 1, "expected a tensor of one element, got shape {}", shape_.str());
  return *data_;
}

bool Tensor::is_contiguous() const {
  int64_t step = 1;
  for (int axis = rank() - 1; axis >= 0; --axis) {
    if (shape_[axis] != 1 && strides_[axis] != step) return false;
    step *= shape_[axis];
  }
  return true;
}

bool Tensor::is_dense() const {
  int64_t step = 1;
  for (bool found = true; found && step < elements_;) {  // from the innermost axis outwards
    found = false;
    for (int axis = 0; axis < rank(); ++axis) {
      if (shape_[axis] > 1 && strides_[axis] == step) {
        step *= shape_[axis];
        found = true;
        break;
      }
    }
  }
  return step == elements_ || elements_ == 0;
}

Tensor Tensor::contiguous() const {
  return is_contiguous() ? *this : copy_of(*this);
}

Tensor Tensor::copy_of(const Tensor& other) {
  Tensor result(other.shape_);
  result.copy_from(other);
  return result;
}

Tensor Tensor::reshape(Shape shape) const {
  ROTOR_CHECK(is_contiguous(), "expected a contiguous tensor to reshape, got strides {}", strides_.str());
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == -1) {
      shape[axis] = 1;
      shape[axis] = elements_ / std::max<int64_t>(shape.elements(), 1);
    }
  }
  ROTOR_CHECK(shape.elements() == elements_, "cannot reshape {} to {}", shape_.str(), shape.str());
  Tensor result = *this;
  result.shape_ = shape;
  result.strides_ = contiguous_strides(shape);
  return result;
}

Tensor Tensor::transpose(int a, int b) const {
  Tensor result = *this;
  std::swap(result.shape_[a], result.shape_[b]);
  std::swap(result.strides_[a], result.strides_[b]);
  return result;
}

Tensor Tensor::narrow(int axis, int64_t begin, int64_t size) const {
  ROTOR_CHECK(begin >= 0 && size >= 0 && begin + size <= shape_[axis],
              "expected a range within {} of shape {}, got {} + {}", axis, shape_.str(), begin, size);
  Tensor result = *this;
  result.data_ += begin * strides_[axis];
  result.shape_[axis] = size;
  result.elements_ = result.shape_.elements();
  return result;
}

Tensor Tensor::as_strided(Shape shape, Shape strides) const {
  Tensor result = *this;
  result.shape_ = shape;
  result.strides_ = strides;
  result.elements_ = shape.elements();
  return result;
}

void Tensor::fill(float value) const {
  if (is_dense()) {
    float* to = data_;
    return parallel_elements(elements_ > kParallelElements, elements_, [=](int64_t i) { to[i] = value; });
  }
  const int64_t step = stride(-1);
  for_each_row(*this, *this, [&](int64_t offset, int64_t, int64_t size) {
    for (int64_t i = 0; i < size; ++i) data_[offset + i * step] = value;
  });
}

void Tensor::copy_from(const Tensor& other) const {
  const int64_t step = rank() ? stride(-1) : 1, other_step = rank() ? other.stride(-1) : 1;
  for_each_row(*this, other, [&](int64_t to, int64_t from, int64_t size) {
    if (step == 1 && other_step == 1) {
      std::memcpy(data_ + to, other.data_ + from, size * sizeof(float));
    } else {
      for (int64_t i = 0; i < size; ++i) data_[to + i * step] = other.data_[from + i * other_step];
    }
  });
}

void Tensor::add(const Tensor& other, float scale) const {
  if (shape_ == other.shape_ && strides_ == other.strides_ && is_dense()) {
    float* to = data_;
    const float* from = other.data_;
    return parallel_elements(elements_ > kParallelElements, elements_, [=](int64_t i) { to[i] += scale * from[i]; });
  }
  const int64_t step = rank() ? stride(-1) : 1, other_step = rank() ? other.stride(-1) : 1;
  for_each_row(*this, other, [&](int64_t to, int64_t from, int64_t size) {
    for (int64_t i = 0; i < size; ++i) data_[to + i * step] += scale * other.data_[from + i * other_step];
  });
}

}  // namespace rotor

#include "tensor/nonzeros.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "tensor/parallel.h"

namespace rotor {
namespace {

constexpr int64_t kBlock = 2048;  // numbers of a thread's turn, a multiple of 32

}  // namespace

/// f(block, its first number, the number after its last).
template <typename F>
void NonZeros::for_blocks(F f) const {
  const int64_t n = shape_.elements();
  parallel_for(n > kParallelElements, std::ssize(starts_) - 1,
               [&](int64_t b) { f(b, b * kBlock, std::min(n, (b + 1) * kBlock)); });
}

NonZeros::NonZeros(const Tensor& x)
    : shape_(x.shape()), bits_((x.elements() + 31) / 32), starts_((x.elements() + kBlock - 1) / kBlock + 1) {
  const float* from = x.span().data();
  for_blocks([&](int64_t b, int64_t begin, int64_t end) {
    for (int64_t word = begin; word < end; word += 32) {
      uint32_t bits = 0;
      for (int64_t i = word; i < std::min(word + 32, end); ++i) bits |= uint32_t{from[i] != 0} << (i - word);
      bits_[word / 32] = bits;
      starts_[b + 1] += std::popcount(bits);
    }
  });
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  values_ = Tensor({starts_.back() + 1});  // one more, which dense() may read but does not use
  values_.data()[starts_.back()] = 0;
  for_blocks([&](int64_t b, int64_t begin, int64_t end) {
    float packed[kBlock + 1];
    int64_t count = 0;
    for (int64_t i = begin; i < end; ++i) {  // without branches: half of them would be mispredicted
      packed[count] = from[i];
      count += from[i] != 0;
    }
    std::copy_n(packed, count, values_.data() + starts_[b]);
  });
}

Tensor NonZeros::dense() const {
  Tensor x(shape_);
  for_blocks([&](int64_t b, int64_t begin, int64_t end) {
    const float* next = values_.data() + starts_[b];
    for (int64_t i = begin; i < end; ++i) {
      const float value = *next;
      x.data()[i] = there(i) ? value : 0.f;
      next += there(i);
    }
  });
  return x;
}

void NonZeros::mask(const Tensor& y) const {
  CHECK(y.shape() == shape_, "expected a tensor of shape {}, got {}", shape_.str(), y.shape().str());
  float* to = y.span().data();
  for_blocks([&](int64_t, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) to[i] = there(i) ? to[i] : 0.f;
  });
}

}  // namespace rotor

#include "kernel/nonzeros.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "tensor/parallel.h"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace rotor {
namespace {

constexpr int64_t kGroup = 16;    // numbers whose bits stand together
constexpr int64_t kBlock = 2048;  // numbers of a thread's turn, a multiple of kGroup

// A group of n <= kGroup numbers.
#ifdef __AVX512F__

__mmask16 first(int64_t n) {
  return static_cast<__mmask16>((1U << n) - 1);
}

uint16_t nonzeros(const float* x, int64_t n) {
  return _mm512_cmp_ps_mask(_mm512_maskz_loadu_ps(first(n), x), _mm512_setzero_ps(), _CMP_NEQ_UQ);
}

/// Writes the numbers of the bits one after another, then anything, kGroup in all.
void pack(const float* x, int64_t n, uint16_t bits, float* to) {
  _mm512_storeu_ps(to, _mm512_maskz_compress_ps(bits, _mm512_maskz_loadu_ps(first(n), x)));
}

/// Undoes pack(), whose kGroup numbers it reads.
void unpack(const float* packed, int64_t n, uint16_t bits, float* x) {
  _mm512_mask_storeu_ps(x, first(n), _mm512_maskz_expand_ps(bits, _mm512_loadu_ps(packed)));
}

void mask_group(int64_t n, uint16_t bits, float* x) {
  _mm512_mask_storeu_ps(x, first(n), _mm512_maskz_loadu_ps(bits, x));
}

#else  // without branches on the numbers: half of them would be mispredicted

uint16_t nonzeros(const float* x, int64_t n) {
  uint32_t bits = 0;
  for (int64_t i = 0; i < n; ++i) bits |= uint32_t{x[i] != 0} << i;
  return static_cast<uint16_t>(bits);
}

void pack(const float* x, int64_t n, uint16_t bits, float* to) {
  for (int64_t i = 0; i < n; ++i) {
    *to = x[i];
    to += bits >> i & 1;
  }
}

void unpack(const float* packed, int64_t n, uint16_t bits, float* x) {
  for (int64_t i = 0; i < n; ++i) {
    const float value = *packed;
    x[i] = bits >> i & 1 ? value : 0.f;
    packed += bits >> i & 1;
  }
}

void mask_group(int64_t n, uint16_t bits, float* x) {
  for (int64_t i = 0; i < n; ++i) x[i] = bits >> i & 1 ? x[i] : 0.f;
}

#endif

}  // namespace

/// Calls start(block, for_groups) for every block, shared among threads; for_groups(f) calls f(first number, numbers,
/// group) for the block's groups in turn.
template <typename Start>
void NonZeros::for_blocks(Start start) const {
  const int64_t n = shape_.elements();
  parallel_for(n > kParallelElements, std::ssize(starts_) - 1, [&](int64_t block) {
    start(block, [&](auto f) {
      for (int64_t i = block * kBlock; i < std::min(n, (block + 1) * kBlock); i += kGroup) {
        f(i, std::min(kGroup, n - i), i / kGroup);
      }
    });
  });
}

NonZeros::NonZeros(const Tensor& x)
    : shape_(x.shape()),
      bits_((x.elements() + kGroup - 1) / kGroup),
      starts_((x.elements() + kBlock - 1) / kBlock + 1) {
  const float* from = x.span().data();
  for_blocks([&](int64_t block, auto for_groups) {
    for_groups([&](int64_t i, int64_t n, int64_t group) {
      bits_[group] = nonzeros(from + i, n);
      starts_[block + 1] += std::popcount(bits_[group]);
    });
  });
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  values_ = Tensor({starts_.back() + kGroup});  // unpack() may read so many more
  std::fill_n(values_.data() + starts_.back(), kGroup, 0.f);
  for_blocks([&](int64_t block, auto for_groups) {
    float packed[kBlock + kGroup], *next = packed;  // pack() may write more, where the next block's values are
    for_groups([&](int64_t i, int64_t n, int64_t group) {
      pack(from + i, n, bits_[group], next);
      next += std::popcount(bits_[group]);
    });
    std::copy(packed, next, values_.data() + starts_[block]);
  });
}

Tensor NonZeros::dense() const {
  Tensor x(shape_);
  for_blocks([&](int64_t block, auto for_groups) {
    const float* next = values_.data() + starts_[block];
    for_groups([&](int64_t i, int64_t n, int64_t group) {
      unpack(next, n, bits_[group], x.data() + i);
      next += std::popcount(bits_[group]);
    });
  });
  return x;
}

void NonZeros::mask(const Tensor& y) const {
  ROTOR_CHECK(y.shape() == shape_, "expected a tensor of shape {}, got {}", shape_.str(), y.shape().str());
  float* to = y.span().data();
  for_blocks([&](int64_t, auto for_groups) {
    for_groups([&](int64_t i, int64_t n, int64_t group) { mask_group(n, bits_[group], to + i); });
  });
}

}  // namespace rotor

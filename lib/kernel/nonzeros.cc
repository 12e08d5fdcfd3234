#include "kernel/nonzeros.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "tensor/parallel.h"

#ifdef __AVX2__
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

#elif defined(__AVX2__)

// For each byte of bits: where its set bits are, and for each bit how many are set before it.
struct Orders {
  uint8_t set[256][8] = {}, before[256][8] = {};
};

constexpr Orders make_orders() {
  Orders orders;
  for (int byte = 0; byte < 256; ++byte) {
    uint8_t count = 0;
    for (uint8_t bit = 0; bit < 8; ++bit) {
      orders.before[byte][bit] = count;
      if (byte >> bit & 1) orders.set[byte][count++] = bit;
    }
  }
  return orders;
}

constexpr Orders kOrders = make_orders();

__m256i order(const uint8_t* from) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
}

/// All bits of the lanes whose bit is set.
__m256i lanes(int byte) {
  const __m256i each = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
  return _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(byte), each), each);
}

/// All bits of the first n lanes, 0 < n < 8.
__m256i first(int64_t n) {
  return lanes((1 << n) - 1);
}

// Masked access is slow on many CPUs, so only the last numbers of all take it.
__m256 load(const float* x, int64_t n) {
  return n >= 8 ? _mm256_loadu_ps(x) : _mm256_maskload_ps(x, first(n));
}
void store(float* x, int64_t n, __m256 numbers) {
  n >= 8 ? _mm256_storeu_ps(x, numbers) : _mm256_maskstore_ps(x, first(n), numbers);
}

/// Calls f(i, n, byte of the bits) for the halves of a group that have numbers: n of them, or more, from number i on.
template <typename F>
void for_halves(int64_t n, uint16_t bits, F f) {
  f(0, n, bits & 255);
  if (n > 8) f(8, n - 8, bits >> 8);
}

uint16_t nonzeros(const float* x, int64_t n) {
  uint32_t bits = 0;
  for_halves(n, 0, [&](int i, int64_t rest, int) {
    const __m256 different = _mm256_cmp_ps(load(x + i, rest), _mm256_setzero_ps(), _CMP_NEQ_UQ);
    bits |= static_cast<uint32_t>(_mm256_movemask_ps(different)) << i;
  });
  return static_cast<uint16_t>(bits);
}

void pack(const float* x, int64_t n, uint16_t bits, float* to) {
  for_halves(n, bits, [&](int i, int64_t rest, int byte) {
    _mm256_storeu_ps(to, _mm256_permutevar8x32_ps(load(x + i, rest), order(kOrders.set[byte])));
    to += std::popcount(static_cast<uint32_t>(byte));
  });
}

void unpack(const float* packed, int64_t n, uint16_t bits, float* x) {
  for_halves(n, bits, [&](int i, int64_t rest, int byte) {
    const __m256 numbers = _mm256_permutevar8x32_ps(_mm256_loadu_ps(packed), order(kOrders.before[byte]));
    store(x + i, rest, _mm256_and_ps(numbers, _mm256_castsi256_ps(lanes(byte))));
    packed += std::popcount(static_cast<uint32_t>(byte));
  });
}

void mask_group(int64_t n, uint16_t bits, float* x) {
  for_halves(n, bits, [&](int i, int64_t rest, int byte) {
    store(x + i, rest, _mm256_and_ps(load(x + i, rest), _mm256_castsi256_ps(lanes(byte))));
  });
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

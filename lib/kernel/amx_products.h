// Sums of products of bytes by AMX, at the level of instruction sets that has it. Its registers are called tiles too:
// 16 rows of 64 bytes. One instruction multiplies 16 rows of 64 inputs by the weights of 16 outputs and adds the
// products to 16 × 16 sums; a panel's weights lie as it takes them.
#pragma once

#include <cstdint>

#include "kernel/dot_products.h"
#include "kernel/panels.h"

namespace rotor {

inline constexpr int64_t kAmxRows = 16;  ///< rows of x in a tile

#if defined(__AMX_INT8__)

inline constexpr bool kHasAmx = true;
inline constexpr int64_t kAmxGroups = 16;  ///< groups of kGroup inputs in a tile

/// While one lives, this thread has tiles. Without them a switch to another thread saves less, and oneDNN, which shapes
/// tiles for its own products, finds them as it left them.
class AmxTiles {
 public:
  AmxTiles() { asm volatile("ldtilecfg %0" ::"m"(kShapes) : "memory"); }
  ~AmxTiles() { _tile_release(); }
  AmxTiles(const AmxTiles&) = delete;
  AmxTiles& operator=(const AmxTiles&) = delete;

 private:
  struct Shapes {
    uint8_t palette, first_row, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
  };
  static constexpr Shapes kShapes = {1, 0, {}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};
};

/// Writes the sums of T · kAmxRows rows of x, `stride` bytes apart, times `groups` groups of a panel, a multiple of
/// kAmxGroups. Where T is 2, each tile of inputs and of weights is used twice; each is loaded just before its first
/// use, so that products need not wait for all loads.
template <int T>
void add_panel(const int8_t* x, int64_t stride, const int8_t* panel, int64_t groups, int32_t (*sums)[kPanel]) {
  constexpr int64_t kStep = kAmxGroups * kGroup, kRow = kPanel * kGroup, kTile = kAmxRows * kGroup;
  static_assert(kPanel == 4 * kAmxRows && (T == 1 || T == 2));
  if constexpr (T == 1) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int64_t g = 0; g < groups; g += kAmxGroups, x += kStep, panel += kAmxGroups * kRow) {
      _tile_loadd(4, x, stride);
      _tile_loadd(5, panel, kRow);
      _tile_dpbusd(0, 4, 5);
      _tile_loadd(6, panel + kTile, kRow);
      _tile_dpbusd(1, 4, 6);
      _tile_loadd(7, panel + 2 * kTile, kRow);
      _tile_dpbusd(2, 4, 7);
      _tile_loadd(5, panel + 3 * kTile, kRow);
      _tile_dpbusd(3, 4, 5);
    }
    _tile_stored(0, sums[0], sizeof sums[0]);
    _tile_stored(1, sums[0] + kAmxRows, sizeof sums[0]);
    _tile_stored(2, sums[0] + 2 * kAmxRows, sizeof sums[0]);
    _tile_stored(3, sums[0] + 3 * kAmxRows, sizeof sums[0]);
  } else {
    for (int64_t half = 0; half < kPanel; half += 2 * kAmxRows) {
      const int8_t* upper = x;
      const int8_t* lower = x + kAmxRows * stride;
      const int8_t* weights = panel + half * kGroup;
      _tile_zero(0);
      _tile_zero(1);
      _tile_zero(2);
      _tile_zero(3);
      for (int64_t g = 0; g < groups; g += kAmxGroups, upper += kStep, lower += kStep, weights += kAmxGroups * kRow) {
        _tile_loadd(6, weights, kRow);
        _tile_loadd(4, upper, stride);
        _tile_dpbusd(0, 4, 6);
        _tile_loadd(7, weights + kTile, kRow);
        _tile_dpbusd(1, 4, 7);
        _tile_loadd(5, lower, stride);
        _tile_dpbusd(2, 5, 6);
        _tile_dpbusd(3, 5, 7);
      }
      _tile_stored(0, sums[0] + half, sizeof sums[0]);
      _tile_stored(1, sums[0] + half + kAmxRows, sizeof sums[0]);
      _tile_stored(2, sums[kAmxRows] + half, sizeof sums[0]);
      _tile_stored(3, sums[kAmxRows] + half + kAmxRows, sizeof sums[0]);
    }
  }
}

#else

inline constexpr bool kHasAmx = false;
inline constexpr int64_t kAmxGroups = 1;

struct AmxTiles {
  AmxTiles() {}
};

template <int T>
void add_panel(const int8_t*, int64_t, const int8_t*, int64_t, int32_t (*)[kPanel]) {}

#endif

}  // namespace rotor

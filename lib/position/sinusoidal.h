// Sinusoidal positions (eq 4; Vaswani et al. 2017): P[m,2t] = sin(m / 10000^(2t/D)), P[m,2t+1] = cos(the same). The
// layout "half" has all sines, then all cosines, of these angles, as Hugging Face's Marian; "concatenated", that of
// tensor2tensor, fairseq and Marian itself, has them of the angles m · 10000^(−t/(D/2−1)).
#pragma once

#include <memory>
#include <span>

#include "position/table.h"

namespace rotor {

enum class SinusoidLayout { kInterleaved, kHalf, kConcatenated };

/// The sinusoids of the positions `at`, which may be negative: [T, width].
Tensor sinusoids(Range at, int64_t width, SinusoidLayout layout = SinusoidLayout::kInterleaved);

/// The interleaved sinusoids of positions that need not be whole numbers, [positions, width].
Tensor sinusoids(std::span<const double> positions, int64_t width);

std::unique_ptr<PositionEncoding> make_sinusoidal(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor

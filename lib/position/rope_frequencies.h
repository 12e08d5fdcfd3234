// The frequencies θ_i of rope, by which pair i of a position m turns by m·θ_i. Plain ones are θ_i = base^(−2i/d), d =
// width of what turns (Su et al. 2021). For texts s times longer than those of the training, whose longest had L
// tokens:
//
//   linear       θ_i / s                                                      (Chen et al. 2023, interpolation)
//   ntk          of the base · s^(d/(d−2))                                    (bloc97 2023, "NTK-aware")
//   dynamic-ntk  the same with s·l/L − (s − 1) for s, in texts of l > L       (emozilla 2023)
//   yarn         θ_i/s and θ_i blended by a ramp over i, between the pairs
//                that turn β_slow and β_fast times in L tokens; queries and
//                keys times 0.1·ln s + 1                                      (Peng et al. 2023, eq 17–22)
//   llama3       θ_i/s for pairs that turn less than `low` times in L tokens,
//                θ_i for those that turn more than `high` times, and a blend
//                between                                                      (Llama team 2024)
//   longrope     θ_i / λ_i, with lists of λ for texts of up to L tokens and
//                for longer ones; queries and keys times √(1 + ln s / ln L)   (Ding et al. 2024)
//
// The lowest frequencies may be left out: --rope-kept-frequencies p lets the ⌊p·d/2⌋ highest turn (Barbero et al. 2024,
// p-RoPE).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "position/options.h"

namespace rotor {

/// θ_i of the d/2 pairs of what turns, in texts of `length` tokens.
std::vector<double> rope_frequencies(const PositionOptions& options, int64_t d, int64_t length);

/// What queries and keys are multiplied by besides.
double rope_attention_factor(const RopeScalingOptions& scaling);

/// The width of what turns in vectors of width `width`: --rope-fraction of it, rounded down.
int64_t rope_width(const PositionOptions& options, int64_t width);

/// The pairs of what turns, in d numbers, that --rope-kept-frequencies lets turn.
int64_t rope_kept_pairs(const PositionOptions& options, int64_t d);

}  // namespace rotor

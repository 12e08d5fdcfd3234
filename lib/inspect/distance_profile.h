// The effect of distance in a model, read from its file: for t5, tupe and alibi the bias that each head adds to the
// score of a key n − m tokens from its query; for shaw the norms of the vectors of that distance, by layer. For tupe it
// is the bias only: the other term depends on both positions, not on their distance.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/safetensors.h"

namespace rotor {

struct DistanceProfile {
  std::string stack;                        ///< "encoder" or "decoder"
  std::string encoding;                     ///< "t5" …
  std::string quantity;                     ///< "bias", "norm of keys" or "norm of values"
  std::string part;                         ///< the owner of each curve: "head" or "layer"
  std::vector<int64_t> distances;           ///< n − m, key minus query, rising; none above 0 in the decoder
  std::vector<int64_t> numbers;             ///< of the heads or layers, from 0; layers without positions have no curve
  std::vector<std::vector<double>> curves;  ///< [heads or layers][distances]
};

/// The profiles of a model's stacks, at distances up to `reach`, which is at most 10,000, on either side; 0: up to the
/// greatest distance that the encoding distinguishes (64 for alibi, which has no limit), or to 10,000 if that is less.
/// A stack whose encoding has no profile is left out; if neither stack has one, or a tensor is missing or has another
/// shape, that is an Error.
std::vector<DistanceProfile> distance_profiles(const SafeTensors& model, int64_t reach = 0);

/// Draws a figure for each profile, one above the other: lines, or a heat map if there are too many curves for lines.
std::string profiles_to_svg(const std::vector<DistanceProfile>& profiles);
/// Draws the same figures as a PDF file, a page each.
std::string profiles_to_pdf(const std::vector<DistanceProfile>& profiles);

/// Writes one row for each number: stack, encoding, quantity, layer, head, distance, value; layers and heads count from
/// 0, and are empty if all share the value.
std::string profiles_to_csv(const std::vector<DistanceProfile>& profiles);

}  // namespace rotor

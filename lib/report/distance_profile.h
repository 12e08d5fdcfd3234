// What a model makes of distance, read from its file: for t5, tupe and alibi the bias that each head adds to the score
// of a key n − m tokens from its query; for shaw the norms of the vectors that stand for that distance, by layer. Of
// tupe this is the bias only: its other term depends on both positions, not on their distance.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tensor/safetensors.h"

namespace rotor {

struct DistanceProfile {
  std::string stack;                        ///< "encoder" or "decoder"
  std::string encoding;                     ///< "t5" …
  std::string quantity;                     ///< "bias", "norm of keys" or "norm of values"
  std::string part;                         ///< whose curves they are: "head" or "layer"
  std::vector<int64_t> distances;           ///< n − m, key minus query, rising; none above 0 in the decoder
  std::vector<std::vector<double>> curves;  ///< [heads or layers][distances]
};

/// The profiles of a model's stacks, at distances up to `reach` on either side; 0: as far as the encoding tells them
/// apart (alibi, which has no end: 64). A stack whose encoding has none is left out; if both are, or a tensor is
/// missing or of another shape, that is an Error.
std::vector<DistanceProfile> distance_profiles(const SafeTensors& model, int64_t reach = 0);

/// One figure a profile, above each other: lines, or a heat map where there are more curves than lines can show.
std::string profiles_to_svg(const std::vector<DistanceProfile>& profiles);

/// A row a number: stack, encoding, quantity, layer, head, distance, value; layers and heads from 0, empty where all
/// share.
std::string profiles_to_csv(const std::vector<DistanceProfile>& profiles);

}  // namespace rotor

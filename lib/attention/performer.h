// Performer attention: linear attention whose features are FAVOR+'s, so that it estimates softmax attention with 1/√d
// (Choromanski et al. 2021; "kernel/favor.h"). Every layer of a stack has random vectors of its own. The first ones,
// which evaluation keeps, depend on the layer's index alone, so that layers i of an encoder and of a decoder share
// them; those that training draws anew are shared by none.
#pragma once

#include "attention/kernel.h"

namespace rotor {

/// The number of features of heads of width d: --performer-features, or ⌊d ln d⌋, less one if that is odd and features
/// are to be turned in pairs.
int64_t performer_features(const AttentionOptions& options, int64_t d);

/// The width of what encodings turn: that of the features, or of heads if they are turned before.
int64_t performer_turned_width(const AttentionOptions& options, int64_t d);

std::unique_ptr<AttentionKernel> make_performer_attention(const AttentionParts& parts);

}  // namespace rotor

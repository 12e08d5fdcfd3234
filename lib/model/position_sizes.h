// What position encodings have to know of a stack of a model.
#pragma once

#include "attention/kernel.h"
#include "model/options.h"
#include "position/table.h"

namespace rotor {

/// The sizes of a stack, and the width of what its attention turns.
inline StackSizes position_sizes(const StackOptions& stack, const LayerOptions& options, bool causal) {
  StackSizes sizes{stack.embed_dim, stack.attention_heads, causal, stack.key_value_heads};
  const AttentionRow& row = attention_kernel(options.attention.kernel);
  const int64_t turned = row.turned_width(options.attention, sizes.head_width());
  if (turned != sizes.head_width()) sizes.features = turned;
  sizes.scores = row.has_scores;
  return sizes;
}

}  // namespace rotor

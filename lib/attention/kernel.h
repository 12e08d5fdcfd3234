// AttentionKernel: the computation inside the heads of one attention. It makes the states that absorb keys and values
// and to which queries attend, and calls all hooks of the position encoding.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "attention/options.h"
#include "attention/state.h"
#include "nn/module.h"

namespace rotor {

/// The heads of an attention: H of queries, G of keys and values, each of which serves H / G heads of queries (Ainslie
/// et al. 2023), and their width d.
struct AttentionHeads {
  int64_t queries = 0, keys = 0, width = 0;
  int64_t group() const { return queries / keys; }
};

class AttentionKernel : public Module {
 public:
  /// A state for tokens that come in one block, with gradients: training, and encoders. `mask` is that of all queries
  /// that will attend to it.
  virtual std::unique_ptr<AttentionState> once(const AttentionMask& mask) const = 0;

  /// A state for tokens that come block by block, without gradients: decoding.
  virtual std::unique_ptr<AttentionState> cache() const = 0;

  /// A state for a complete sequence, without gradients: what decoding attends to beside its own tokens. A kernel that
  /// has none is an Error.
  virtual std::unique_ptr<AttentionMemory> memory() const;
};

/// The parts that a kernel is made of.
struct AttentionParts {
  const AttentionOptions& options;
  AttentionHeads heads;
  std::shared_ptr<const PositionEncoding> position;
  uint64_t seed = 0;  ///< of what the kernel draws first; each layer of a stack has its own
};

/// A row of the only list of kernels.
struct AttentionRow {
  std::string name;
  std::unique_ptr<AttentionKernel> (*make)(const AttentionParts&);
  bool has_scores;        ///< encodings may act on its scores, and a window may limit them
  bool rotates_features;  ///< it reads --linear-rotary
  /// The width of the vectors that encodings turn, in heads of width d.
  int64_t (*turned_width)(const AttentionOptions&, int64_t d);
};

/// The names of the kernels: "softmax", "linear", "performer".
std::vector<std::string> attention_names();
/// The row of that name; for an unknown name, an Error lists the names.
const AttentionRow& attention_kernel(const std::string& name);

}  // namespace rotor

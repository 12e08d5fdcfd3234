// Levenshtein's distance between a hypothesis and a reference, in a beam around the diagonal, with the alignment that
// goes with it. Equal costs are resolved as Tercom does: a match or substitution first, then a word too many in the
// hypothesis, then one that is missing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rotor {

/// Where each word of the reference stands in the hypothesis, and which words are wrong.
struct Alignment {
  std::vector<int64_t>
      position;  ///< of a reference word: in the hypothesis; of a missing one: of the word before it, or −1
  std::vector<bool> reference_wrong, hypothesis_wrong;
};

class EditDistance {
 public:
  /// The reference must outlive this and have at least one word.
  explicit EditDistance(const std::vector<uint32_t>& reference) : reference_(reference) {}

  /// The edits that turn the hypothesis into the reference.
  int64_t measure(const std::vector<uint32_t>& hypothesis);

  /// The alignment of the hypothesis last measured.
  Alignment alignment() const;

  /// The edits of another hypothesis that has as many words as the one last measured and the same first `same` ones.
  int64_t measure_variant(const std::vector<uint32_t>& hypothesis, size_t same);

 private:
  enum class Edit : uint8_t { kNone, kKeep, kSubstitute, kDelete, kInsert };
  struct Cell {
    int32_t cost;
    Edit edit;
  };

  /// Fills row `i` of the table, that of the hypothesis's word i − 1, from the row above.
  void fill_row(size_t i, uint32_t word, const Cell* above, Cell* cells) const;
  size_t columns() const { return reference_.size() + 1; }
  const Cell* row(size_t i) const { return &cells_[i * columns()]; }

  const std::vector<uint32_t>& reference_;
  std::vector<Cell> cells_, variant_;  ///< [hypothesis words + 1, reference words + 1]; two rows
  size_t words_ = 0;                   ///< of the hypothesis
};

}  // namespace rotor

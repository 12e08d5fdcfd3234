// Levenshtein's distance between a hypothesis and a reference, in a beam around the diagonal, with the alignment that
// goes with it. Equal costs are resolved as Tercom does: a match or substitution first, then a word too many in the
// hypothesis, then one that is missing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rotor {

/// An alignment: the place of each reference word in the hypothesis, and the words that are wrong.
struct Alignment {
  std::vector<int64_t> position;  ///< index in the hypothesis of each reference word; for a missing word, that of the
                                  ///< word before it, or −1
  std::vector<bool> reference_wrong, hypothesis_wrong;
};

class EditDistance {
 public:
  /// The reference must outlive this and have at least one word.
  explicit EditDistance(const std::vector<uint32_t>& reference) : reference_(reference) {}

  /// Returns the number of edits that turn the hypothesis into the reference.
  int64_t measure(const std::vector<uint32_t>& hypothesis);

  /// The alignment of the hypothesis last measured.
  Alignment alignment() const;

  /// Returns the number of edits for a variant of the hypothesis last measured: it must have as many words and the same
  /// first `same` words.
  int64_t measure_variant(const std::vector<uint32_t>& hypothesis, size_t same);

 private:
  enum class Edit : uint8_t { kNone, kKeep, kSubstitute, kDelete, kInsert };
  struct Cell {
    int32_t cost;
    Edit edit;
  };

  /// Fills row `i` of the table, which belongs to word i − 1 of the hypothesis, from the row above.
  void fill_row(size_t i, uint32_t word, const Cell* above, Cell* cells) const;
  size_t columns() const { return reference_.size() + 1; }
  const Cell* row(size_t i) const { return &cells_[i * columns()]; }

  const std::vector<uint32_t>& reference_;
  std::vector<Cell> cells_, variant_;  ///< [hypothesis words + 1, reference words + 1]; two rows
  size_t words_ = 0;                   ///< number of words of the hypothesis
};

}  // namespace rotor

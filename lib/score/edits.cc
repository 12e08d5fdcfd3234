#include "score/edits.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "score/edit_distance.h"

namespace rotor {
namespace {

constexpr size_t kMaxPhrase = 10;
constexpr int64_t kMaxDistance = 50;
constexpr int64_t kMaxTried = 1000;

/// A phrase of the hypothesis moved before the word that stands at `target` now.
struct Shift {
  int64_t saved = 0;  ///< edits
  size_t length = 0, begin = 0, target = 0;

  /// Most edits saved first, then the longest phrase, the first phrase, the first target.
  bool better_than(const Shift& other) const {
    return std::tie(saved, length, other.begin, other.target) > std::tie(other.saved, other.length, begin, target);
  }
};

Words shifted(const Words& words, const Shift& shift) {
  Words result = words;
  const auto begin = result.begin();
  const auto phrase = static_cast<int64_t>(shift.begin), length = static_cast<int64_t>(shift.length);
  const auto target = static_cast<int64_t>(shift.target);
  if (target < phrase) {
    std::rotate(begin + target, begin + phrase, begin + phrase + length);
  } else {
    // A target inside the phrase counts from the phrase's end.
    const int64_t end = target > phrase + length ? target : std::min(target + length, std::ssize(words));
    std::rotate(begin + phrase, begin + phrase + length, begin + end);
  }
  return result;
}

class Search {
 public:
  Search(const Words& hypothesis, const Words& reference)
      : words_(hypothesis), reference_(reference), distance_(reference) {}

  int64_t edits() {
    int64_t shifts = 0;
    while (take_best_shift()) ++shifts;
    return shifts + distance_.measure(words_);
  }

 private:
  /// Looks for the best shift and takes it if it saves an edit and the limit on trials is not reached.
  bool take_best_shift() {
    edits_ = distance_.measure(words_);
    alignment_ = distance_.alignment();
    best_ = {};
    try_all();
    if (tried_ >= kMaxTried || best_.saved <= 0) return false;
    words_ = shifted(words_, best_);
    return true;
  }

  void try_all() {
    for (size_t h = 0; h < words_.size(); ++h) {
      for (size_t r = 0; r < reference_.size(); ++r) {
        if (std::abs(static_cast<int64_t>(r) - static_cast<int64_t>(h)) > kMaxDistance) continue;
        const size_t longest = std::min({kMaxPhrase, words_.size() - h, reference_.size() - r});
        for (size_t n = 1; n <= longest && words_[h + n - 1] == reference_[r + n - 1]; ++n) {
          if (may_help(h, r, n)) {
            try_targets(h, r, n);
            if (tried_ >= kMaxTried) return;
          }
        }
      }
    }
  }

  /// Both places must be wrong now, and the phrase must not move into itself.
  bool may_help(size_t h, size_t r, size_t length) const {
    const auto any = [length](const std::vector<bool>& wrong, size_t begin) {
      const auto first = wrong.begin() + static_cast<int64_t>(begin);
      return std::find(first, first + static_cast<int64_t>(length), true) != first + static_cast<int64_t>(length);
    };
    const int64_t position = alignment_.position[r], begin = static_cast<int64_t>(h);
    const bool into_itself = begin <= position && position < begin + static_cast<int64_t>(length);
    return any(alignment_.hypothesis_wrong, h) && any(alignment_.reference_wrong, r) && !into_itself;
  }

  /// Tries the phrase at `h` after each word that is aligned to the reference from just before `r` on.
  void try_targets(size_t h, size_t r, size_t length) {
    int64_t last = -1;
    for (size_t k = r; k <= r + length; ++k) {
      const int64_t target = k == 0 ? 0 : alignment_.position[k - 1] + 1;
      if (target == last) continue;
      last = target;
      Shift shift = {0, length, h, static_cast<size_t>(target)};
      shift.saved = edits_ - distance_.measure_variant(shifted(words_, shift), std::min(shift.begin, shift.target));
      ++tried_;
      if (best_.length == 0 || shift.better_than(best_)) best_ = shift;
    }
  }

  Words words_;
  const Words& reference_;
  EditDistance distance_;
  Alignment alignment_;
  int64_t edits_ = 0, tried_ = 0;
  Shift best_;
};

}  // namespace

int64_t count_edits_and_shifts(const Words& hypothesis, const Words& reference) {
  if (reference.empty()) return std::ssize(hypothesis);
  return Search(hypothesis, reference).edits();
}

}  // namespace rotor

// Masking of tokens (Devlin et al. 2019, section 3.1): each token is chosen with probability --mask-prob, on its own or
// with its word; of the chosen ones most are replaced by <mask>, some by another token, some stay. A model predicts all
// of them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/options.h"
#include "base/random.h"
#include "text/vocabulary.h"

namespace rotor {

struct MaskOptions {
  double prob = 0.15;
  double leave_unmasked = 0.1, random_token = 0.1;  ///< shares of the chosen tokens
  bool whole_words = false;

  void describe(Options& options);
  /// Shares that add up to more than 1 are a UsageError.
  void check() const;
};

class Masking {
 public:
  /// Hides tokens of a vocabulary of `size` ids, of which the special ones are never chosen and never put in. Whole
  /// words need the vocabulary, one that cuts words into pieces; any other is an Error, as is one without <mask>.
  Masking(const MaskOptions& options, const SpecialTokens& specials, int64_t size,
          const std::optional<Vocabulary>& vocabulary, const std::string& origin);

  /// Hides some of the tokens and returns the places of those that were chosen, in their order.
  std::vector<int32_t> operator()(std::vector<int32_t>& ids, Random random) const;

 private:
  bool begins_word(const std::vector<int32_t>& ids, size_t i) const;
  int32_t other_token(Random& random) const;

  MaskOptions options_;
  SpecialTokens specials_;
  int64_t size_;
  std::vector<bool> begins_word_;  ///< by id, with whole words
};

}  // namespace rotor

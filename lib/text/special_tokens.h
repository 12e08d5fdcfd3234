// SpecialTokens: the ids of the tokens that are no text. They belong to a vocabulary, and a model keeps those of the
// vocabulary it was trained with.
#pragma once

#include <cstdint>

namespace rotor {

/// An id of −1 is a token that the vocabulary does not have. The defaults are fairseq's.
struct SpecialTokens {
  int32_t bos = 0, pad = 1, eos = 2, unk = 3;
  int32_t mask = -1;  ///< stands for a hidden token (Devlin et al. 2019)
  int32_t start = 2;  ///< the token from which a decoder starts

  /// Whether an id, 0 or more, is that of one of these tokens.
  bool contains(int32_t id) const {
    return id == bos || id == pad || id == eos || id == unk || id == mask || id == start;
  }

  friend bool operator==(const SpecialTokens&, const SpecialTokens&) = default;
};

}  // namespace rotor

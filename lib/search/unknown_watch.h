// A watch for sources that the vocabulary can hardly spell, which a model translates into fluent inventions.
#pragma once

#include <cstdint>

#include "search/requests.h"

namespace rotor {

/// A source counts as unknown if at least this share of its pieces, </s> left out, is <unk>. SentencePiece makes one
/// <unk> of neighbouring unknown characters, so that punctuation and numbers alone keep a foreign script below 1/2.
inline constexpr double kUnknownShare = 0.4;

/// `specials` are those of the source's vocabulary.
bool is_mostly_unknown(const TokenIds& source, const SpecialTokens& specials);

class UnknownWatch {
 public:
  explicit UnknownWatch(const SpecialTokens& specials) : specials_(specials) {}

  /// Warns of the first source that is_mostly_unknown().
  void add(const Request& request);
  /// Warns of their number, if there were several.
  void finish() const;

 private:
  const SpecialTokens specials_;
  int64_t sources_ = 0, unknown_ = 0;
};

}  // namespace rotor

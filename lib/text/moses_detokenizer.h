// Moses' detokenizer: the text of Moses' tokens, "Don &apos;t panic ." becomes "Don't panic." again. Where a blank
// belongs is guessed of marks and of the language's habits: elisions in French and Italian, decimals and -li in Czech,
// the colon before endings in Finnish. It does what sacremoses does, but where that misses what detokenizer.perl does
// (tests/golden/README.md).
//
//   const MosesDetokenizer detokenizer("fr");
//   detokenizer.detokenize("L&apos; homme dit : oui !");   // L'homme dit : oui !
#pragma once

#include <string>
#include <string_view>

namespace rotor {

class MosesDetokenizer {
 public:
  /// `language` is an ISO 639 code; a language without rules of its own has the general ones.
  explicit MosesDetokenizer(std::string language) : language_(std::move(language)) {}

  /// The text of a line of tokens in UTF-8 with spaces between. "@-@" becomes a hyphen, and entities such as &quot; the
  /// characters that they stand for, those of older versions of Moses too. What a beginning of the tokens gives is the
  /// beginning of the text, unless it ends within an entity or "@-@".
  std::string detokenize(std::string_view tokens) const;

 private:
  std::string language_;
};

}  // namespace rotor

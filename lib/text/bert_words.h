// BERT's words (Devlin et al. 2019, the "basic tokenizer"): what a text is cut into before WordPiece cuts each word
// into pieces. It follows Google's code, and so Hugging Face's tokenizers; where theirs differ from each other, the
// tests' goldens say which one it follows (tests/golden/README.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rotor {

/// What is done to a text, under Hugging Face's names: do_lower_case, strip_accents and tokenize_chinese_chars.
struct BertWordOptions {
  bool lower_case = true;
  bool strip_accents = true;  ///< decompose the text and drop its nonspacing marks: "\u00e9" becomes "e"
  bool split_chinese = true;  ///< make each character of Chinese a word of its own

  friend bool operator==(const BertWordOptions&, const BertWordOptions&) = default;
};

/// The words of a text of UTF-8, none of them empty, in code points. Control and format characters, those of private
/// use and U+FFFD are dropped first, so that a soft hyphen or a zero width joiner does not part a word. Words are
/// parted by white space and, as words of one character, by punctuation: Unicode's, and all of ASCII that is neither
/// letter nor digit. Texts such as "[MASK]" are no special tokens here: they are three words.
std::vector<std::u32string> bert_words(std::string_view text, const BertWordOptions& options);

}  // namespace rotor

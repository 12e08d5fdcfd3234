// Moses' tokenizer (Koehn et al. 2007), by which text for Moses, fairseq and many others was cut before subwords were
// learned of it: "Don't panic." becomes "Don &apos;t panic .". It does what sacremoses does, which fairseq's
// `--tokenizer moses` calls; tests/golden/README.md says where they differ.
//
//   const MosesTokenizer tokenizer({.language = "en"});
//   tokenizer.tokenize("A rich-text \"file\".");   // A rich @-@ text &quot; file &quot; .
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rotor {

struct MosesOptions {
  std::string language;     ///< ISO 639 code; a language without rules of its own has the general ones
  bool dash_splits = true;  ///< "rich-text" is cut into "rich @-@ text"
  bool escape = true;       ///< & | < > ' " [ ] become &amp; and so on
  bool ideographs = false;  ///< ideographs and Hangul are letters in text of any language, as in tokenizer.perl, and
                            ///< not only in zh, ja and ko: in others, sacremoses sets each of them apart

  friend bool operator==(const MosesOptions&, const MosesOptions&) = default;
};

struct MosesAbbreviations;

class MosesTokenizer {
 public:
  explicit MosesTokenizer(const MosesOptions& options);

  /// The tokens of a line of UTF-8, with single spaces between.
  std::string tokenize(std::string_view line) const;

  const MosesOptions& options() const { return options_; }

 private:
  bool is_letter(char32_t c) const;
  bool is_letter_or_digit(char32_t c) const;
  std::u32string separate_marks(const std::u32string& text) const;
  std::u32string separate_dashes(const std::u32string& text) const;
  std::u32string separate_apostrophes(std::u32string text) const;
  std::u32string separate_english_apostrophes(std::u32string text) const;
  std::u32string separate_elisions(std::u32string text) const;
  std::u32string separate_periods(const std::u32string& text) const;
  bool keeps_period(const std::u32string& word, const std::u32string& next) const;

  MosesOptions options_;
  std::vector<int> scripts_;  ///< ICU's codes of those whose characters and marks are letters too
  const MosesAbbreviations& abbreviations_;
};

}  // namespace rotor

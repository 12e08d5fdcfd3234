// Sentences of a text, by Unicode's rules (UAX 29) in ICU and its lists of abbreviations.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rotor {

/// The place of a sentence in a text, in bytes of UTF-8, without the white space around it.
struct SentenceRange {
  size_t begin = 0, end = 0;
  bool operator==(const SentenceRange&) const = default;
};

/// Finds where sentences begin and end. Line breaks always end a sentence. Titles (Dr., Prof. …) end none, and neither
/// do the abbreviations that ICU lists for the language, where it has a list: de, el, en, es, fr, it, pt, ru.
///
/// The lists are short: any other abbreviation before a capital letter ends a sentence ("i.e. That", "U.S. Army"), and
/// so do an ordinal ("am 3. Mai") and a stop within quotation marks before a capital letter. Thai, Lao, Khmer and other
/// languages without full stops are split at line breaks alone.
class SentenceSplitter {
 public:
  /// `language` is a code as de, pt_BR or zh-Hans; of one that ICU does not know, or none, the general rules hold.
  explicit SentenceSplitter(const std::string& language = "");
  ~SentenceSplitter();
  SentenceSplitter(SentenceSplitter&&) noexcept;

  /// The sentences of a text in their order, none of them blank. Any number of threads may call.
  std::vector<SentenceRange> split(std::string_view utf8) const;

 private:
  struct Breaks;
  std::unique_ptr<const Breaks> breaks_;
};

/// Translations of the sentences of a text as one text: with the line breaks of the text between them, otherwise a
/// space, or nothing after a full stop of Chinese or Japanese. There is one translation a sentence.
std::string join_sentences(std::string_view text, std::span<const SentenceRange> sentences,
                           std::span<const std::string> translations);

}  // namespace rotor

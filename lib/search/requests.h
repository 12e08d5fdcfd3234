// Requests: the sentences to translate, the prompts to continue, or the pairs to score, read one by one from text or
// from a binarised corpus.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/language_marks.h"
#include "search/length_limits.h"
#include "text/sentences.h"

namespace rotor {

/// A line of several sentences, each of which is a request of its own.
struct SplitLine {
  std::string text;                      ///< without white space around it
  std::vector<SentenceRange> sentences;  ///< at least one
};

struct Request {
  int64_t number = 0;                      ///< number of the line or pair, from 0
  std::string source_text;                 ///< the line, or the sentence of it
  std::optional<std::string> target_text;  ///< the line of the target, if there is one
  std::shared_ptr<const SplitLine> line;   ///< that this is a sentence of, if lines are split
  TokenIds source, target;                 ///< ids with </s>; the target is empty if there is none
  TokenIds prompt;                         ///< what a language model continues, in place of a source
  std::string opening;                     ///< text of the prompt, printed before what continues it; may be empty
  TokenIds prefix;                         ///< beginning of the translation
  int64_t given = 0;                       ///< see SearchInput
  std::vector<TokenIds> phrases, avoided;  ///< phrases that it must and must not have
  std::vector<std::string> texts;          ///< text of each source token, if requested

  /// Whether the line is blank; its translation is a blank line.
  bool is_blank() const { return source.size() == 1; }

  /// The number of tokens that a model reads of it, with the start token before a prompt; 0 for a blank line.
  int64_t length() const {
    if (is_blank()) return 0;
    return source.empty() ? std::ssize(prompt) + 1 : std::ssize(source);
  }
};

/// Puts the source's mark before ids that do not begin with it, or after their </s>, but not in a blank line, and makes
/// the target's the given prefix.
void mark(Request& request, const LanguageMarks& languages);

class Requests {
 public:
  virtual ~Requests() = default;
  /// Reads the next request; returns false at the end.
  virtual bool next(Request& request) = 0;
  /// Whether next() can return without waiting for input.
  virtual bool ready() const { return true; }
  /// Whether requests are typed on a terminal with a prompt.
  virtual bool prompts() const { return false; }
  /// The number of requests; 0 if it is not known.
  virtual int64_t total() const { return 0; }
};

/// The texts to read; "-" means standard input, and an empty path means no text.
struct TextFiles {
  std::filesystem::path source = {}, reference = {}, prefix = {};
  std::filesystem::path phrases = {}, avoided = {};  ///< phrases, separated by tabs, on each line
  bool keep_texts = false;                           ///< fill Request::texts
  std::vector<int32_t> words = {};                   ///< tokens that may be produced, in rising order; empty: all
  bool split_sentences = false;                      ///< make a request of each sentence of a line
  std::string sentence_language = {};                ///< see SentenceSplitter
  bool prompts = false;                              ///< the source's lines are prompts
  bool print_prompts = true;                         ///< prompts are their requests' openings
  LanguageMarks languages = {};
};

/// Requests for the lines of a source, with the corresponding lines of the other given texts. Lines that are not UTF-8,
/// texts of unequal length, and required words that cannot be produced are an Error with the line's number; CR LF is
/// read as LF, with one warning. On a terminal a prompt asks for each line.
std::unique_ptr<Requests> text_requests(const TextFiles& files, const Vocabularies& vocabularies,
                                        const LengthLimits& limits);

/// Requests for the pairs of a corpus, which must outlive them.
std::unique_ptr<Requests> corpus_requests(const Corpus& corpus, const Vocabularies& vocabularies,
                                          const LengthLimits& limits, const LanguageMarks& languages = {});

}  // namespace rotor

// Requests: the sentences to translate, or pairs to score, one by one from text or from a binarised corpus.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/corpus_folder.h"
#include "search/step_model.h"
#include "text/sentences.h"

namespace rotor {

/// A line of several sentences, each of which is a request of its own.
struct SplitLine {
  std::string text;                      ///< without white space around it
  std::vector<SentenceRange> sentences;  ///< at least one
};

struct Request {
  int64_t number = 0;                      ///< of the line or pair, from 0
  std::string source_text;                 ///< the line, or the sentence of it
  std::optional<std::string> target_text;  ///< the line of the target, if there is one
  std::shared_ptr<const SplitLine> line;   ///< that this is a sentence of, if lines are split
  TokenIds source, target;                 ///< ids with </s>; no target at all if there is none
  TokenIds prefix;                         ///< how the translation begins
  std::vector<TokenIds> phrases, avoided;  ///< that it must and must not have
  std::vector<std::string> texts;          ///< what each token of the source stands for, if it is asked for

  /// A line without a word, which is translated as one.
  bool is_blank() const { return source.size() == 1; }
};

/// How long sentences may be, </s> counted, and what becomes of longer ones: they lose their end, with one warning, or
/// they are an Error that names the line.
struct LengthLimits {
  int64_t source = 1024, target = 1024;
  bool refuse = false;
};

class Requests {
 public:
  virtual ~Requests() = default;
  /// Reads the next one; false at the end.
  virtual bool next(Request& request) = 0;
  /// False if next() would have to wait for somebody to write.
  virtual bool ready() const { return true; }
  /// True if somebody types them, and is asked for each.
  virtual bool prompts() const { return false; }
  /// How many there will be; 0 if that is not known.
  virtual int64_t total() const { return 0; }
};

/// The texts to read, "-" for standard input. Empty: none.
struct TextFiles {
  std::filesystem::path source = {}, reference = {}, prefix = {};
  std::filesystem::path phrases = {}, avoided = {};  ///< lines of phrases with tabs between
  bool keep_texts = false;                           ///< fill Request::texts
  std::vector<int32_t> words = {};                   ///< that may be produced, in rising order; empty: all
  bool split_sentences = false;                      ///< make a request of each sentence of a line
  std::string sentence_language = {};                ///< see SentenceSplitter
};

/// The lines of a source, with those that belong to them in the other texts that are given. Lines that are not UTF-8,
/// texts of unequal length, and words to be produced that cannot be are an Error with the line's number; CR LF is read
/// as LF, with one warning. On a terminal a prompt asks for each line.
std::unique_ptr<Requests> text_requests(const TextFiles& files, const Vocabularies& vocabularies,
                                        const LengthLimits& limits);

/// The pairs of a corpus, which must outlive the requests.
std::unique_ptr<Requests> corpus_requests(const Corpus& corpus, const Vocabularies& vocabularies,
                                          const LengthLimits& limits);

}  // namespace rotor

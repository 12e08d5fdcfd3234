// Requests: the sentences to translate, or pairs to score, one by one from text or from a binarised corpus.
#pragma once

#include <filesystem>
#include <memory>

#include "data/corpus_folder.h"
#include "search/step_model.h"

namespace rotor {

struct Request {
  int64_t number = 0;       ///< of the line or pair, from 0
  TokenIds source, target;  ///< ids with </s>; no target at all if there is none
  TokenIds prefix;          ///< how the translation begins

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
};

/// The texts to read, "-" for standard input. Empty: none.
struct TextFiles {
  std::filesystem::path source = {}, reference = {}, prefix = {};
};

/// The lines of a source, with those of the translations to score and of the beginnings of translations if they are
/// given. Lines that are not UTF-8, or texts of unequal length, are an Error with the line's number; CR LF is read as
/// LF, with one warning.
std::unique_ptr<Requests> text_requests(const TextFiles& files, const Vocabularies& vocabularies,
                                        const LengthLimits& limits);

/// The pairs of a corpus, which must outlive the requests.
std::unique_ptr<Requests> corpus_requests(const Corpus& corpus, const LengthLimits& limits);

}  // namespace rotor

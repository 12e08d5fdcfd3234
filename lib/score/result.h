// The score of one metric as it is reported: sacreBLEU's text line "BLEU|nrefs:1|…|version:… = 38.16 69.7/45.6/…", or
// its JSON object. The signature says how the score was made, so that nobody has to guess; its version is Rotor's.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "score/bleu.h"

namespace rotor {

struct Result {
  std::string name;                                            ///< "BLEU"
  double score = 0;                                            ///< 0 … 100
  std::string verbose;                                         ///< details that follow the score on the text line
  std::vector<std::pair<std::string, std::string>> signature;  ///< keys and values in order, version last

  std::string signature_text() const;   ///< "nrefs:1|case:mixed|…|version:rotor-0.1.0"
  std::string number(int width) const;  ///< the score alone with `width` decimals
  std::string text(int width) const;    ///< sacreBLEU's line
  std::string json(int width) const;    ///< sacreBLEU's object, the score rounded to `width` decimals
};

/// The result of corpus_bleu against `references` sets of references.
Result bleu_result(const BleuScore& bleu, size_t references);

}  // namespace rotor

// From raw parallel text to a corpus folder: checks the text, trains SentencePiece or takes given models, and binarises
// each split. A split is two files, prefix.language, plain or with .gz, line n of one the translation of line n of the
// other; pairs of which a side is blank are dropped and counted in every split, those of unlikely lengths in the
// training split only.
#pragma once

#include <cstdint>
#include <string>

namespace rotor {

class Options;

struct PreprocessOptions {
  std::string source_lang, target_lang;
  std::string trainpref, validpref, testpref;  ///< the last two: one prefix or several, comma-separated
  std::string destdir = "data-bin";
  bool joined_dictionary = false;
  int64_t vocab_size = 8000;
  int64_t nwordssrc = 0, nwordstgt = 0;  ///< of separate vocabularies; 0 takes vocab_size
  bool byte_fallback = false;
  int64_t vocab_lines = 0;  ///< lines to train a vocabulary on; 0 takes all
  std::string srcdict, tgtdict;
  int64_t train_max_length = 0;  ///< pieces of a side; 0: no limit
  double train_max_ratio = 0;    ///< of the longer to the shorter side, in pieces; 0: no limit

  void describe(Options& options);
};

/// Writes the folder `destdir` and logs what was read. A UsageError if the options do not go together; an Error if a
/// file is missing, empty, not UTF-8 or of another length than its translation, or if the folder cannot be written.
void preprocess(const PreprocessOptions& options);

}  // namespace rotor

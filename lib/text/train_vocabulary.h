// Trains a SentencePiece model on text: special tokens with fairseq's ids, and the characters that make up a
// share of the text, all of them unless asked otherwise. The same files and options give the same model, byte for byte.
// While it lasts a terminal shows how long it has taken, and a log says so once a minute.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace rotor {

struct VocabularyTraining {
  /// One of trained_model_types(). A model of "char" takes every character as a piece, blanks too, and keeps all
  /// blanks, of which the others make one between words. A model of "word" takes the most frequent words whole, as the
  /// text's blanks part them, and cuts none: all others are <unk>.
  std::string model_type = "bpe";
  int64_t size = 8000;         ///< number of pieces, special tokens included; of "char" and "word" the largest number
  bool byte_fallback = false;  ///< spell unknown characters as bytes instead of <unk>
  /// The share of the text's characters that the vocabulary covers, kLeastCoverage … 1: the rarest are left out.
  double character_coverage = 1;
  /// The rule that normalises text before it is cut into pieces: one of normalization_rules().
  std::string normalization = "nmt_nfkc";
  std::string user_defined_symbols = {};  ///< pieces that are never cut (see text/user_symbols.h); their ids come first
  bool mask = false;                      ///< with <mask>, which text never has, as one more special token
  /// Train on this many lines at most, drawn evenly from those of all files that are not too long for SentencePiece; 0
  /// takes all. The lines drawn are held in memory.
  int64_t lines = 0;
  /// Whether to train on a line, from 0, of files[file]; empty: on every line.
  std::function<bool(size_t file, int64_t line)> wanted = {};
  /// The number of such lines that are not blank, if it is known: where all of them may be taken, none is counted
  /// first.
  int64_t wanted_lines = 0;
};

/// A text to train on: begins to read it, and returns what reads its next line, false at the end.
using TextReader = std::function<std::function<bool(std::string& line)>()>;

/// The least coverage of characters that SentencePiece allows.
inline constexpr double kLeastCoverage = 0.98;

/// The names of the models that are trained: bpe (Sennrich et al. 2016), unigram (Kudo 2018), char, word.
std::vector<std::string> trained_model_types();

/// The names of SentencePiece's normalisation rules: nmt_nfkc, nfkc, nmt_nfkc_cf, nfkc_cf, identity.
std::vector<std::string> normalization_rules();

/// The serialized model trained on the wanted lines of the files together. It throws an Error if a file cannot be read
/// or is not UTF-8, if the text is empty or has only lines that are too long, or if the text does not allow that many
/// pieces (the message names the greatest or least possible number).
std::string train_vocabulary(const std::vector<std::filesystem::path>& files, const VocabularyTraining& options);
/// The same on the lines of a text, which messages call `name`; all of them are wanted.
std::string train_vocabulary(const TextReader& text, const std::string& name, const VocabularyTraining& options);

}  // namespace rotor

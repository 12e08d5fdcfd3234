// Trains a SentencePiece BPE model on text files: special tokens with fairseq's ids, every character of the text
// covered, normalisation nmt_nfkc. The same files and options give the same model, byte for byte.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rotor {

struct VocabularyTraining {
  int64_t size = 8000;         ///< pieces, special tokens included
  bool byte_fallback = false;  ///< spell unknown characters as bytes instead of <unk>
  /// Train on this many lines at most, drawn evenly from all files; 0 takes all. The lines drawn are held in memory.
  int64_t lines = 0;
};

/// The serialized model trained on the lines of the files (plain or .gz) together. An Error if a file cannot be read or
/// is not UTF-8, if the text is empty, or if it does not allow that many pieces (the most or least possible is named).
std::string train_vocabulary(const std::vector<std::filesystem::path>& files, const VocabularyTraining& options);

}  // namespace rotor

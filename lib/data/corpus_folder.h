// A corpus folder, which rotor-preprocess writes and rotor-train reads: <split>.safetensors for each split (train,
// valid, test, and valid1, test1 … where several were given), and its vocabulary as `vocabulary.model` where all
// columns share one, or as `source.model` and `target.model`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/corpus.h"
#include "model/model_file.h"
#include "text/vocabulary.h"

namespace rotor {

struct Vocabularies {
  Vocabulary source, target;

  /// The vocabulary of a corpus's column: `target` has its own, all others the source's.
  const Vocabulary& of(const std::string& column) const { return column == "target" ? target : source; }

  /// True if all columns share one vocabulary.
  bool joined() const { return source.sha256() == target.sha256(); }
};

/// Whether a folder holds a vocabulary, as those of corpora do.
bool holds_vocabularies(const std::filesystem::path& folder);

/// The vocabularies of a folder; an Error names what is missing.
Vocabularies read_vocabularies(const std::filesystem::path& folder);

/// Writes the vocabularies, and removes an earlier corpus's models of the other kind (joined or separate) from the
/// folder.
void write_vocabularies(const std::filesystem::path& folder, const Vocabularies& vocabularies);

/// The path of a split's file.
std::filesystem::path split_path(const std::filesystem::path& folder, const std::string& split);

/// Returns the files that are read to evaluate a model on a split: the split's own, and each that a vocabulary of the
/// folder may have.
std::vector<std::filesystem::path> files_of_split(const std::filesystem::path& folder, const std::string& split);

/// Opens a split and checks that it was made with these vocabularies; if this split is missing, an Error names those
/// that exist. Any verification but kNone reads the whole file, and throws a DamagedFile for what does not match its
/// checksum.
Corpus open_split(const std::filesystem::path& folder, const std::string& split, const Vocabularies& vocabularies,
                  Verification verification = Verification::kNone);

/// Warns that references of a corpus that has no text are decoded from ids.
void warn_of_decoded_references(const Corpus& corpus);

}  // namespace rotor

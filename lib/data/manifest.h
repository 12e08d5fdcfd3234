// manifest.json of a corpus folder: what each stage of rotor-preprocess read, dropped and wrote, with line counts and
// SHA-256, so that a corpus can be traced to its text and made again. Nothing in it depends on where, when or by how
// many threads it was made.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "data/binarise.h"
#include "data/cleaning.h"
#include "data/corpus_folder.h"

namespace rotor {

/// A split and what became of it.
struct SplitRecord {
  std::string name;
  std::vector<TextPair> files;
  Survey survey;
  Binarised binarised;
};

class Manifest {
 public:
  /// Of a folder that is being filled with these vocabularies, under options that its splits record. Splits that were
  /// made before with the same vocabularies stay recorded; the file itself is removed until write().
  Manifest(std::filesystem::path folder, const Vocabularies& vocabularies, nlohmann::ordered_json options);

  /// Records a split, whose corpus has been written into the folder.
  void add(const SplitRecord& split);

  void write() const;

 private:
  std::filesystem::path folder_;
  nlohmann::ordered_json options_, json_;
};

}  // namespace rotor

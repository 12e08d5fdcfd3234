// The manifest.json of a corpus folder: it records what each stage of rotor-preprocess read, dropped and wrote, with
// line counts and SHA-256, so that a corpus can be traced to its text and made again. It depends neither on place and
// time nor on the number of threads.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "data/binarise.h"
#include "data/cleaning.h"
#include "data/corpus_folder.h"

namespace rotor {

/// A split and the results of its stages.
struct SplitRecord {
  std::string name;
  std::vector<TextPair> files;
  Survey survey;
  Binarised binarised;
};

class Manifest {
 public:
  /// Begins the manifest of a folder that is being filled with these vocabularies; its splits record the options.
  /// Earlier splits with the same vocabularies stay recorded; the file itself is removed until write().
  Manifest(std::filesystem::path folder, const Vocabularies& vocabularies, nlohmann::ordered_json options);

  /// Records a split, whose corpus has been written into the folder.
  void add(const SplitRecord& split);

  void write() const;

 private:
  std::filesystem::path folder_;
  nlohmann::ordered_json options_, json_;
};

}  // namespace rotor

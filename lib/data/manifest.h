// The manifest.json of a corpus folder: it records what each stage of rotor-preprocess read, dropped and wrote, with
// line counts and SHA-256, so that a corpus can be traced to its text and made again. It depends neither on place and
// time nor on the number of threads.
// It is written last: a folder without it, or one that lacks a split it names, is incomplete. Until then
// manifest.unfinished.json records the splits that were complete before.
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
  /// Begins the manifest of a folder that is being filled with splits in these vocabularies; they record the options.
  /// Other splits that are complete and in the same vocabularies stay recorded; the folder's other corpora, in other
  /// vocabularies or of runs that were not finished, are removed with a warning.
  Manifest(std::filesystem::path folder, const Vocabularies& vocabularies, nlohmann::ordered_json options,
           const std::vector<std::string>& splits);

  /// Records a split, whose corpus has been written into the folder.
  void add(const SplitRecord& split);

  void write() const;

 private:
  void write(const char* name) const;
  std::filesystem::path folder_;
  nlohmann::ordered_json options_, json_;
};

}  // namespace rotor

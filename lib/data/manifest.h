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
  std::vector<ParallelFiles> files;
  Survey survey;
  Binarised binarised;
};

/// The properties that all splits of tables share.
struct TableContents {
  int64_t texts = 0;                   ///< of a row; 0: these are no tables
  nlohmann::ordered_json labels = {};  ///< the classes, or "numbers" or "candidates"; null: it is not known
};

/// A split of tables, which hold all columns, and the results of its stages.
struct TableSplitRecord {
  std::string name;
  std::vector<std::filesystem::path> files;
  std::vector<int64_t> rows;  ///< of each file, read and not skipped
  int64_t skipped = 0;        ///< malformed rows
  nlohmann::ordered_json labels = {};
  std::vector<BinarisedColumn> columns = {};
};

/// Refuses a folder whose finished manifest is damaged, and vocabularies given for it that are the folder's own files
/// but not those that the manifest records: the folder's corpora would be taken for those of another vocabulary, and
/// removed.
void check_manifest(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& given);

class Manifest {
 public:
  /// Begins the manifest of a folder that is being filled with splits for a task in these vocabularies; they record the
  /// options. Other splits that are complete, for the same task, in the same vocabularies and with the same contents of
  /// tables stay recorded; the folder's other corpora, or those of runs that were not finished, are removed with a
  /// warning. A finished manifest that is damaged is an Error, and nothing is removed.
  Manifest(std::filesystem::path folder, const CorpusTask& task, const Vocabularies& vocabularies,
           nlohmann::ordered_json options, const std::vector<std::string>& splits, const TableContents& tables = {});

  /// Records a split, whose corpus has been written into the folder.
  void add(const SplitRecord& split);
  void add(const TableSplitRecord& split);

  void write() const;

 private:
  nlohmann::ordered_json texts_record(const SplitRecord& split) const;
  nlohmann::ordered_json clean_record(const char* unit, int64_t rows,
                                      const std::vector<BinarisedColumn>& columns) const;
  nlohmann::ordered_json corpus_record(const std::string& split, int64_t rows,
                                       const std::vector<BinarisedColumn>& columns) const;
  void write(const char* name) const;

  std::filesystem::path folder_;
  const CorpusTask& task_;
  nlohmann::ordered_json options_, json_;
};

}  // namespace rotor

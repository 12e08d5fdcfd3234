// What the tests of rotor-generate and rotor-average share: the golden model, and commands that are given their input.
#pragma once

#include <algorithm>
#include <string>

#include "data/corpus_folder.h"
#include "data/corpus_writer.h"
#include "model/model_file.h"
#include "search/fairseq.h"
#include "system/command.h"

namespace rotor {

inline const std::string kModel = fairseq_model_path().string();
inline const std::string kGenerate = "rotor-generate " + kModel + " --threads 1 ";

/// Runs a command with `input` as its standard input.
inline CommandResult run(const std::string& command, const std::string& input = "") {
  const ScratchFolder folder;
  folder.file("input", input);
  return run(folder, "{ " + command + "\n} < input");
}

/// That of the golden's model, source and target.
inline Vocabulary golden_vocabulary() {
  return Vocabulary::from_bytes(read_vocabulary(SafeTensors(kModel)).source);
}

/// A corpus folder in the vocabulary of the golden's model.
inline void write_corpus(const std::filesystem::path& folder,
                         const std::vector<std::pair<std::string, std::string>>& pairs) {
  const Vocabulary vocabulary = golden_vocabulary();
  std::filesystem::create_directories(folder);
  write_vocabularies(folder, {vocabulary, vocabulary});
  CorpusWriter writer(split_path(folder, "test"), corpus_task(kTranslation),
                      {describe_column("source", "xx", vocabulary), describe_column("target", "xx", vocabulary)});
  for (const auto& [source, target] : pairs) writer.add({vocabulary.encode(source), vocabulary.encode(target)});
  writer.finish();
}

}  // namespace rotor

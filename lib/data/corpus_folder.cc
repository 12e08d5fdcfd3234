#include "data/corpus_folder.h"

#include <algorithm>
#include <ostream>
#include <vector>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

constexpr const char* kJoined = "vocabulary.model";
constexpr const char* kSource = "source.model";
constexpr const char* kTarget = "target.model";

void write_model(const fs::path& path, const Vocabulary& vocabulary) {
  write_atomically(path, [&](std::ostream& out) { out << vocabulary.bytes(); });
}

std::string splits_in(const fs::path& folder) {
  std::vector<std::string> splits;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".safetensors") splits.push_back(entry.path().stem().string());
  }
  std::sort(splits.begin(), splits.end());
  return splits.empty() ? "none" : fmt::format("{}", fmt::join(splits, ", "));
}

void check_folder(const fs::path& folder) {
  ROTOR_CHECK(fs::is_directory(folder), "expected a corpus folder made by rotor-preprocess, got {}, which is none",
              folder.string());
}

}  // namespace

Vocabularies read_vocabularies(const fs::path& folder) {
  check_folder(folder);
  if (fs::exists(folder / kJoined)) {
    const Vocabulary vocabulary = Vocabulary::from_file(folder / kJoined);
    return {vocabulary, vocabulary};
  }
  ROTOR_CHECK(fs::exists(folder / kSource) && fs::exists(folder / kTarget),
              "{}: expected {}, or {} and {}, found neither; make the folder with rotor-preprocess", folder.string(),
              kJoined, kSource, kTarget);
  return {Vocabulary::from_file(folder / kSource), Vocabulary::from_file(folder / kTarget)};
}

void write_vocabularies(const fs::path& folder, const Vocabularies& vocabularies) {
  if (vocabularies.joined()) {
    write_model(folder / kJoined, vocabularies.source);
    fs::remove(folder / kSource);
    fs::remove(folder / kTarget);
  } else {
    write_model(folder / kSource, vocabularies.source);
    write_model(folder / kTarget, vocabularies.target);
    fs::remove(folder / kJoined);
  }
}

fs::path split_path(const fs::path& folder, const std::string& split) {
  return folder / (split + ".safetensors");
}

Corpus open_split(const fs::path& folder, const std::string& split, const Vocabularies& vocabularies) {
  const fs::path path = split_path(folder, split);
  check_folder(folder);
  ROTOR_CHECK(fs::exists(path), "{}: expected a split \"{}\", the folder has: {}", folder.string(), split,
              splits_in(folder));
  Corpus corpus(path);
  for (const CorpusColumn& column : corpus.columns()) column.check_vocabulary(vocabularies.of(column.info().name));
  return corpus;
}

void warn_of_decoded_references(const Corpus& corpus) {
  if (corpus.has_text()) return;
  log::warn(
      "{} holds no text, as splits of earlier versions and train do not: references are decoded from ids, without "
      "characters that the vocabulary lacks or normalises, and scores can differ from those of the text",
      corpus.path().string());
}

}  // namespace rotor

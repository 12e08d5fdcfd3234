#include "data/corpus_folder.h"

#include <algorithm>
#include <ostream>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "format/checksums.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

constexpr const char* kJoined = "vocabulary.model";
constexpr const char* kSource = "source.model";
constexpr const char* kTarget = "target.model";
constexpr const char* kVocabularies[] = {kJoined, kSource, kTarget};

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

bool holds_vocabularies(const fs::path& folder) {
  return std::any_of(std::begin(kVocabularies), std::end(kVocabularies),
                     [&](const char* name) { return fs::exists(folder / name); });
}

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

std::vector<fs::path> files_of_split(const fs::path& folder, const std::string& split) {
  std::vector<fs::path> files = {split_path(folder, split)};
  for (const char* name : kVocabularies) files.push_back(folder / name);
  return files;
}

Corpus open_split(const fs::path& folder, const std::string& split, const Vocabularies& vocabularies,
                  Verification verification) {
  const fs::path path = split_path(folder, split);
  check_folder(folder);
  ROTOR_CHECK(fs::exists(path), "{}: expected a split \"{}\", the folder has: {}", folder.string(), split,
              splits_in(folder));
  if (verification != Verification::kNone) check_undamaged(SafeTensors(path));
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

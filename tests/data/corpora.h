// What the tests of this module share: small corpora, written and opened.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "data/corpus_writer.h"

namespace rotor {

using Ids = std::vector<int32_t>;

/// Writes pairs of sentences as a corpus of two vocabularies of that size.
inline Corpus corpus_of(const std::filesystem::path& path, const std::vector<std::pair<Ids, Ids>>& pairs,
                        int64_t vocabulary_size = 100) {
  CorpusWriter writer(path, corpus_task(kTranslation),
                      {{"source", "en", "abc", vocabulary_size}, {"target", "de", "def", vocabulary_size}});
  for (const auto& [source, target] : pairs) writer.add({source, target});
  writer.finish();
  return Corpus(path);
}

/// A corpus of sentences of given lengths, </s> counted.
inline Corpus corpus_of_lengths(const std::filesystem::path& path,
                                const std::vector<std::pair<int64_t, int64_t>>& lengths) {
  std::vector<std::pair<Ids, Ids>> pairs;
  for (const auto& [source, target] : lengths) pairs.push_back({Ids(source - 1, 5), Ids(target - 1, 6)});
  return corpus_of(path, pairs);
}

/// Writes lines of ids as a corpus for language models; a line without ids ends a document.
inline Corpus text_corpus(const std::filesystem::path& path, const std::vector<Ids>& lines,
                          int64_t vocabulary_size = 100) {
  CorpusWriter writer(path, corpus_task(kLanguageModeling), {{"text", "", "abc", vocabulary_size}});
  for (const Ids& line : lines) {
    writer.add({line});
    if (line.empty()) writer.end_document();
  }
  writer.finish();
  return Corpus(path);
}

}  // namespace rotor

#include "compare/test_sets.h"

#include <fmt/format.h>

#include <sstream>

#include "base/check.h"
#include "base/files.h"
#include "score/evaluate.h"

namespace rotor {
namespace {

std::vector<std::string> joined_lines(const std::vector<std::string>& lines, int64_t count) {
  std::vector<std::string> result;
  const auto size = static_cast<int64_t>(lines.size());
  for (int64_t i = 0; i + count <= size; i += count) {
    std::string line = lines[i];
    for (int64_t k = 1; k < count; ++k) line += ' ' + lines[i + k];
    result.push_back(line);
  }
  return result;
}

void write_lines(const std::filesystem::path& path, const std::vector<std::string>& lines) {
  write_atomically(path, [&](std::ostream& out) {
    for (const std::string& line : lines) out << line << '\n';
  });
}

}  // namespace

TestSet read_test_set(const std::filesystem::path& source, const std::filesystem::path& reference) {
  TestSet test{"test", 1, source, reference, read_segments(source), read_segments(reference)};
  ROTOR_CHECK(test.sources.size() == test.references.size(),
              "expected as many lines in --test-source as in --test-reference, got {} and {} in {} and {}",
              test.sources.size(), test.references.size(), source.string(), reference.string());
  return test;
}

TestSet join_sentences(const TestSet& test, int64_t count, const std::filesystem::path& folder) {
  const std::string name = fmt::format("joined-{}", count);
  TestSet result{name,
                 count,
                 folder / (name + ".source"),
                 folder / (name + ".reference"),
                 joined_lines(test.sources, count),
                 joined_lines(test.references, count)};
  ROTOR_CHECK(!result.sources.empty(), "expected at least {} sentences in {} to join, got {}", count,
              test.source.string(), test.sources.size());
  write_lines(result.source, result.sources);
  write_lines(result.reference, result.references);
  return result;
}

int64_t count_words(const std::string& line) {
  std::istringstream stream(line);
  int64_t words = 0;
  for (std::string word; stream >> word;) ++words;
  return words;
}

std::string LengthBucket::name() const {
  if (most == 0) return fmt::format("over {}", least - 1);
  if (least == 0) return fmt::format("up to {}", most);
  return least == most ? fmt::format("{}", most) : fmt::format("{}-{}", least, most);
}

std::vector<LengthBucket> length_buckets(const std::vector<int64_t>& edges) {
  std::vector<LengthBucket> buckets;
  int64_t least = 0;
  for (int64_t edge : edges) {
    buckets.push_back({least, edge});
    least = edge + 1;
  }
  buckets.push_back({least, 0});
  return buckets;
}

std::vector<SentenceBucket> bucket_sentences(const std::vector<std::vector<std::string>>& texts,
                                             const std::vector<int64_t>& edges) {
  std::vector<SentenceBucket> buckets;
  for (const LengthBucket& range : length_buckets(edges)) {
    SentenceBucket bucket{range};
    for (const std::vector<std::string>& sources : texts) {
      bucket.sentences.emplace_back();
      for (size_t i = 0; i < sources.size(); ++i) {
        const int64_t words = count_words(sources[i]);
        if (!range.contains(words)) continue;
        bucket.sentences.back().push_back(i);
        bucket.mean_words += static_cast<double>(words);
        ++bucket.count;
      }
    }
    if (bucket.count == 0) continue;
    bucket.mean_words /= static_cast<double>(bucket.count);
    buckets.push_back(std::move(bucket));
  }
  return buckets;
}

}  // namespace rotor

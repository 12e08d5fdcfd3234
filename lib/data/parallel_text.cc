#include "data/parallel_text.h"

#include "base/check.h"
#include "base/compressed.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// Reads a file to its end, and returns the number of its lines.
int64_t count_all(LineReader& reader) {
  for (std::string line; reader.next(line);) continue;
  return reader.line_number();
}

/// Texts are read to count their lines, to make vocabularies and to encode them: what a pipe gave is gone by then.
fs::path readable_again(const fs::path& path) {
  ROTOR_CHECK(fs::is_regular_file(path),
              "expected a regular file, got {}, which is none; text is read several times: write it to a file first",
              path.string());
  return path;
}

}  // namespace

fs::path find_text(const std::string& name) {
  if (fs::exists(name)) return readable_again(name);
  for (const std::string& ending : compressed_endings()) {
    if (fs::exists(name + ending)) return readable_again(name + ending);
  }
  fail("expected {0} or {0}{1}, found none of them", name, fmt::join(compressed_endings(), " or " + name));
}

std::string names_of(const ParallelFiles& files) {
  std::vector<std::string> names;
  for (const fs::path& file : files) names.push_back(file.string());
  return fmt::format("{}", fmt::join(names, " and "));
}

bool ParallelReader::next(std::vector<std::string>& lines) {
  while (!readers_.empty() || lines_.size() < groups_.size()) {
    if (readers_.empty()) open();
    lines.resize(readers_.size());
    bool complete = true;
    for (size_t i = 0; complete && i < readers_.size(); ++i) complete = readers_[i].next(lines[i]);
    if (complete) {
      ++lines_.back();
      if (!opening_.empty()) lines[0].insert(0, opening_ + ' ');
      return true;
    }
    close();
  }
  return false;
}

void ParallelReader::open() {
  for (const fs::path& file : groups_[lines_.size()]) readers_.emplace_back(file, content_);
  lines_.push_back(0);
}

void ParallelReader::close() {
  std::vector<int64_t> counts;
  for (LineReader& reader : readers_) counts.push_back(count_all(reader));
  for (const LineReader& reader : readers_) {
    ROTOR_CHECK(reader.line_number() > 0, "expected text in {}, got an empty file", reader.name());
    if (reader.carriage_returns() > 0) with_carriage_returns_.push_back(reader.name());
  }
  for (size_t i = 1; i < readers_.size(); ++i) {
    ROTOR_CHECK(
        counts[i] == counts[0],
        "expected as many lines in {} as in {}, got {} and {}; line n of one is the translation of line n of the other",
        readers_[0].name(), readers_[i].name(), counts[0], counts[i]);
  }
  readers_.clear();
}

}  // namespace rotor

#include "data/parallel_text.h"

#include "base/check.h"
#include "base/compressed.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

fs::path find_file(const std::string& prefix, const std::string& language) {
  const std::string plain = prefix + "." + language;
  if (fs::exists(plain)) return plain;
  for (const std::string& ending : compressed_endings()) {
    if (fs::exists(plain + ending)) return plain + ending;
  }
  fail("expected {0} or {0}{1}, found none of them", plain, fmt::join(compressed_endings(), " or " + plain));
}

/// Reads a file to its end, and returns the number of its lines.
int64_t count_all(LineReader& reader) {
  for (std::string line; reader.next(line);) continue;
  return reader.line_number();
}

}  // namespace

TextPair find_text(const std::string& prefix, const std::string& source_lang, const std::string& target_lang) {
  return {find_file(prefix, source_lang), find_file(prefix, target_lang)};
}

bool ParallelReader::next(std::string& source, std::string& target) {
  while (open_ || lines_.size() < files_.size()) {
    if (!open_) {
      const TextPair& files = files_[lines_.size()];
      open_ = std::make_unique<Open>(Open{LineReader(files.source), LineReader(files.target)});
      lines_.push_back(0);
    }
    const bool more = open_->source.next(source);
    if (more && open_->target.next(target)) {
      ++lines_.back();
      return true;
    }
    close();
  }
  return false;
}

void ParallelReader::close() {
  auto& [source, target] = *open_;
  const int64_t source_lines = count_all(source), target_lines = count_all(target);
  for (const LineReader* reader : {&source, &target}) {
    ROTOR_CHECK(reader->line_number() > 0, "expected text in {}, got an empty file", reader->name());
    if (reader->carriage_returns() > 0) with_carriage_returns_.push_back(reader->name());
  }
  ROTOR_CHECK(
      source_lines == target_lines,
      "expected as many lines in {} as in {}, got {} and {}; line n of one is the translation of line n of the other",
      source.name(), target.name(), source_lines, target_lines);
  open_.reset();
}

}  // namespace rotor

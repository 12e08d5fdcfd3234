// The embedded demo corpus: intact, parallel, without overlap, and what its generator makes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/mapped_file.h"

namespace rotor {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(ROTOR_GOLDEN).parent_path().parent_path() / "data/demo";

std::vector<std::string> lines_of(const std::string& name) {
  LineReader reader(kFolder / name);
  std::vector<std::string> lines;
  for (std::string line; reader.next(line);) lines.push_back(line);
  return lines;
}

TEST(DemoCorpus, FilesMatchTheirChecksums) {
  std::ifstream sums(kFolder / "SHA256SUMS");
  int files = 0;
  for (std::string sum, name; sums >> sum >> name; ++files) {
    EXPECT_EQ(sha256(MappedFile(kFolder / name).bytes()), sum) << name;
  }
  EXPECT_EQ(files, 6);
}

TEST(DemoCorpus, IsParallelAndHasNoBlankLine) {
  for (const auto& [split, size] : std::map<std::string, size_t>{{"train", 40000}, {"valid", 1000}, {"test", 1000}}) {
    for (const std::string language : {"en", "de"}) {
      const auto lines = lines_of(split + "." + language + ".gz");
      EXPECT_EQ(lines.size(), size) << split << '.' << language;
      for (const auto& line : lines) ASSERT_FALSE(line.empty()) << split << '.' << language;
    }
  }
}

TEST(DemoCorpus, NoEnglishSentenceOccursTwice) {
  std::set<std::string> seen;
  for (const std::string split : {"train", "valid", "test"}) {
    for (const auto& line : lines_of(split + ".en.gz")) EXPECT_TRUE(seen.insert(line).second) << line;
  }
}

TEST(DemoCorpus, IsWhatTheGeneratorMakes) {
  if (std::system("python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "needs Python 3.9 or later";
  }
  const std::string command = "python3 -B '" + (kFolder / "generate.py").string() + "' --check";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace rotor

// Every seed of the fuzzers, as it is and damaged in a thousand ways.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/random.h"
#include "base/scratch.h"
#include "fuzz/targets.h"

namespace rotor {
namespace {

/// Some bytes with a few of them changed, doubled, or cut off.
std::string damaged(std::string bytes, Random& random) {
  for (uint64_t changes = 1 + random.below(4); changes > 0 && !bytes.empty(); --changes) {
    const size_t at = random.below(bytes.size()), size = random.below(std::min<size_t>(bytes.size() - at, 64));
    switch (random.below(5)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ 1 << random.below(8));
        break;
      case 1:
        bytes[at] = static_cast<char>(random.below(256));
        break;
      case 2:
        bytes.insert(at, bytes.substr(at, size));
        break;
      case 3:
        bytes.erase(at, size);
        break;
      default:
        bytes.resize(at);
    }
  }
  return bytes;
}

void check_seeds(const std::string& kind, void (*fuzz)(std::string_view), int damages) {
  int seeds = 0;
  Random random(1);
  for (const auto& entry : std::filesystem::directory_iterator(ROTOR_GOLDEN "/../fuzz/seeds/" + kind)) {
    ++seeds;
    const std::string bytes = text_of(entry.path());
    fuzz(bytes);
    for (int i = 0; i < damages; ++i) fuzz(damaged(bytes, random));
  }
  EXPECT_GT(seeds, 0);
}

TEST(Seeds, OfSafetensorsFilesAreReadOrRefused) {
  check_seeds("safetensors", fuzz_safetensors, 1000);
}

TEST(Seeds, OfCorporaAreReadOrRefused) {
  check_seeds("corpus", fuzz_corpus, 1000);
}

TEST(Seeds, OfVocabulariesAreReadOrRefused) {
  check_seeds("vocabulary", fuzz_vocabulary, 1000);
}

TEST(Seeds, OfOptionsAreReadOrRefused) {
  check_seeds("options", fuzz_options, 1000);
}

}  // namespace
}  // namespace rotor

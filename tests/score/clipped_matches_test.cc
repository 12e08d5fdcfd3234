#include "score/clipped_matches.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"

namespace rotor {
namespace {

using Symbols = std::vector<uint32_t>;
using Counts = std::map<Symbols, int64_t>;

Counts counted(const Symbols& symbols, size_t order) {
  Counts counts;
  for (size_t i = 0; i + order <= symbols.size(); ++i) ++counts[Symbols(&symbols[i], &symbols[i] + order)];
  return counts;
}

Symbols any_symbols(Random& random) {
  Symbols symbols(random.below(25));
  for (uint32_t& symbol : symbols) symbol = static_cast<uint32_t>(random.below(4));
  return symbols;
}

TEST(ClippedMatches, CountAnNgramAsOftenAsTheReferenceThatHasItMost) {
  Random random(1);
  ClippedMatches matches;
  for (int trial = 0; trial < 300; ++trial) {
    const Symbols hypothesis = any_symbols(random);
    matches.begin(hypothesis);
    std::vector<Symbols> references(random.below(4));
    for (Symbols& reference : references) matches.add(reference = any_symbols(random));
    for (size_t order = 1; order <= kBleuOrder; ++order) {
      int64_t expected = 0;
      for (const auto& [ngram, count] : counted(hypothesis, order)) {
        int64_t most = 0;
        for (const Symbols& reference : references) most = std::max(most, counted(reference, order)[ngram]);
        expected += std::min(count, most);
      }
      ASSERT_EQ(matches.matches()[order - 1], expected) << "order " << order << ", " << references.size();
    }
  }
}

}  // namespace
}  // namespace rotor

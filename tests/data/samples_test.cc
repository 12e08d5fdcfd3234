#include "data/samples.h"

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "data/block_samples.h"
#include "data/corpora.h"
#include "data/pair_samples.h"

namespace rotor {
namespace {

TEST(MakeSamples, ReadsACorpusAsItsTaskSays) {
  const ScratchFolder folder;
  const auto pairs = make_samples(corpus_of(folder / "pairs.safetensors", {{{5}, {6}}}), {});
  EXPECT_NE(dynamic_cast<const PairSamples*>(pairs.get()), nullptr);
  const auto blocks = make_samples(text_corpus(folder / "text.safetensors", {{5}}), {});
  EXPECT_NE(dynamic_cast<const BlockSamples*>(blocks.get()), nullptr);
}

TEST(SampleLengths, AreOrderedBySourceAndThenByTarget) {
  EXPECT_LT((SampleLengths{2, 9}), (SampleLengths{3, 1}));
  EXPECT_LT((SampleLengths{2, 1}), (SampleLengths{2, 9}));
  EXPECT_EQ((SampleLengths{2, 9}).longest(), 9);
  EXPECT_EQ((SampleLengths{2, 9}).tokens(), 11);
}

}  // namespace
}  // namespace rotor

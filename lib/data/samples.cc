#include "data/samples.h"

#include <algorithm>
#include <iterator>

#include "base/check.h"
#include "data/block_samples.h"
#include "data/masked_samples.h"
#include "data/pair_samples.h"
#include "data/sentence_samples.h"

namespace rotor {

namespace {

using OptionalVocabularies = std::optional<Vocabularies>;

/// How the corpora of a task are read.
struct Reader {
  const char* task;
  std::unique_ptr<const Samples> (*make)(const Corpus&, const BatchOptions&, const OptionalVocabularies&);
};

template <typename T>
std::unique_ptr<const Samples> make(const Corpus& corpus, const BatchOptions& options,
                                    const OptionalVocabularies& vocabularies) {
  return std::make_unique<T>(corpus, options, vocabularies);
}

constexpr Reader kReaders[] = {
    {kTranslation, make<PairSamples>},         {kLanguageModeling, make<BlockSamples>},
    {kMaskedLm, make<MaskedSamples>},          {kSentencePrediction, make<SentenceSamples>},
    {kSentenceRanking, make<SentenceSamples>},
};

}  // namespace

std::unique_ptr<const Samples> make_samples(const Corpus& corpus, const BatchOptions& options,
                                            const OptionalVocabularies& vocabularies) {
  const Reader* reader = std::find_if(std::begin(kReaders), std::end(kReaders),
                                      [&](const Reader& r) { return r.task == corpus.task().name; });
  ROTOR_CHECK(reader != std::end(kReaders), "{}: no samples are made of a corpus for {}", corpus.path().string(),
              corpus.task().name);
  return reader->make(corpus, options, vocabularies);
}

}  // namespace rotor

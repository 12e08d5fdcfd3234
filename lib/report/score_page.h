// The page of a closer look at systems (score_report.h), and the parts of it that are text too.
#pragma once

#include "report/page.h"
#include "report/scored_systems.h"

namespace rotor {

/// A row a bucket: words, sentences, then BLEU and chrF of each system.
Table length_table(const ScoredSystems& scored, const std::vector<SentenceBucket>& buckets, int64_t width);

/// A sentence with the translations of some systems and the words marked in which each differs from the first
/// reference; of a single system, those of the reference too. No source if there are none.
MarkedLines example(size_t sentence, const ScoredSystems& scored, const std::vector<size_t>& systems,
                    const Segments& sources, const Texts& texts);

/// The page. Without sources it says nothing of lengths, and `buckets` are none.
Page score_page(const ScoredSystems& scored, const std::vector<SentenceBucket>& buckets, int64_t examples,
                const Segments& sources, const Texts& texts, const ScoreOptions& options);

}  // namespace rotor

// The page of a detailed score report (score_report.h), and its parts that are also printed as text.
#pragma once

#include "compare/scored_systems.h"
#include "compare/test_sets.h"
#include "page/page.h"

namespace rotor {

/// A table with one row for each bucket: words, sentences, then BLEU and chrF of each system.
Table length_table(const ScoredSystems& scored, const std::vector<SentenceBucket>& buckets, int64_t width);

/// A sentence with the translations of some systems, in which the words are marked that differ from the first
/// reference; with a single system, words of the reference are marked too. The source is omitted if there are none.
MarkedLines example(size_t sentence, const ScoredSystems& scored, const std::vector<size_t>& systems,
                    const Segments& sources, const Texts& texts);

/// The page. Without sources it has no part about lengths, and `buckets` is empty.
Page score_page(const ScoredSystems& scored, const std::vector<SentenceBucket>& buckets, int64_t examples,
                const Segments& sources, const Texts& texts, const ScoreOptions& options);

}  // namespace rotor

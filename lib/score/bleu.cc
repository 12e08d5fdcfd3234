#include "score/bleu.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/check.h"
#include "score/ngrams.h"
#include "score/tokenizer_13a.h"
#include "score/whitespace.h"

namespace rotor {
namespace {

/// Up to four word ids, 32 bits each: exact, and cheap to compare.
using Ngram = unsigned __int128;
static_assert(kBleuOrder * 32 <= 128);

std::vector<Ngram> sorted_ngrams(std::span<const uint32_t> words, size_t order) {
  std::vector<Ngram> ngrams;
  if (words.size() < order) return ngrams;
  ngrams.reserve(words.size() - order + 1);
  for (size_t i = 0; i + order <= words.size(); ++i) {
    Ngram ngram = 0;
    for (size_t k = 0; k < order; ++k) ngram = ngram << 32 | words[i + k];
    ngrams.push_back(ngram);
  }
  std::sort(ngrams.begin(), ngrams.end());
  return ngrams;
}

/// How often `ngram` stands in what is left of a sorted list; the list is advanced beyond it.
int64_t take(std::span<const Ngram>& sorted, Ngram ngram) {
  size_t begin = 0;
  while (begin < sorted.size() && sorted[begin] < ngram) ++begin;
  size_t end = begin;
  while (end < sorted.size() && sorted[end] == ngram) ++end;
  sorted = sorted.subspan(end);
  return static_cast<int64_t>(end - begin);
}

/// The hypothesis's n-grams, each counted at most as often as in the reference that has it most often.
int64_t clipped_matches(std::span<const Ngram> hypothesis, std::span<const std::vector<Ngram>> references) {
  std::vector<std::span<const Ngram>> rests(references.begin(), references.end());
  int64_t matches = 0;
  while (!hypothesis.empty()) {
    const Ngram ngram = hypothesis.front();
    const int64_t count = take(hypothesis, ngram);
    int64_t most = 0;
    for (auto& rest : rests) most = std::max(most, take(rest, ngram));
    matches += std::min(count, most);
  }
  return matches;
}

template <typename References>
int64_t nearest_length(int64_t length, const References& references) {
  const auto further = [&](int64_t a, int64_t b) {
    const int64_t difference_a = std::abs(a - length), difference_b = std::abs(b - length);
    return difference_a != difference_b ? difference_a < difference_b : a < b;
  };
  int64_t nearest = std::ssize(references.front());
  for (const auto& reference : references) nearest = std::min(nearest, std::ssize(reference), further);
  return nearest;
}

}  // namespace

BleuCounts& BleuCounts::operator+=(const BleuCounts& other) {
  for (size_t n = 0; n < kBleuOrder; ++n) {
    correct[n] += other.correct[n];
    total[n] += other.total[n];
  }
  hypothesis_length += other.hypothesis_length;
  reference_length += other.reference_length;
  return *this;
}

std::string BleuScore::verbose() const {
  return fmt::format("{:.1f}/{:.1f}/{:.1f}/{:.1f} (BP = {:.3f} ratio = {:.3f} hyp_len = {} ref_len = {})",
                     precisions[0], precisions[1], precisions[2], precisions[3], brevity_penalty, ratio,
                     hypothesis_length, reference_length);
}

BleuScore compute_bleu(const BleuCounts& counts) {
  BleuScore bleu;
  bleu.hypothesis_length = counts.hypothesis_length;
  bleu.reference_length = counts.reference_length;
  const double hypothesis = static_cast<double>(counts.hypothesis_length);
  const double reference = static_cast<double>(counts.reference_length);
  if (reference > 0) bleu.ratio = hypothesis / reference;
  if (hypothesis < reference) bleu.brevity_penalty = hypothesis > 0 ? std::exp(1 - reference / hypothesis) : 0;
  if (counts.correct == decltype(counts.correct){}) return bleu;  // without a match nothing is smoothed

  double smoothing = 1;
  for (size_t n = 0; n < kBleuOrder && counts.total[n] > 0; ++n) {
    const double total = static_cast<double>(counts.total[n]);
    if (counts.correct[n] == 0) smoothing *= 2;
    bleu.precisions[n] =
        counts.correct[n] > 0 ? 100. * static_cast<double>(counts.correct[n]) / total : 100. / (smoothing * total);
  }
  double log_sum = 0;
  for (double precision : bleu.precisions) log_sum += std::log(precision);  // an order without n-grams: exp(−∞) = 0
  bleu.score = bleu.brevity_penalty * std::exp(log_sum / kBleuOrder);
  return bleu;
}

BleuCounts count_bleu(std::string_view hypothesis, std::span<const std::string_view> references) {
  CHECK(!references.empty(), "expected at least one reference a hypothesis, got none");
  std::vector<std::string> texts = {tokenize_13a(hypothesis)};
  for (std::string_view reference : references) texts.push_back(tokenize_13a(reference));
  WordIds ids;
  std::vector<std::vector<uint32_t>> words;  // the hypothesis's first
  for (const auto& text : texts) words.push_back(ids(split_words(text)));
  const std::span<const std::vector<uint32_t>> words_of_references = std::span(words).subspan(1);

  BleuCounts counts;
  counts.hypothesis_length = std::ssize(words.front());
  counts.reference_length = nearest_length(counts.hypothesis_length, words_of_references);
  std::vector<std::vector<Ngram>> ngrams_of_references(references.size());
  for (size_t order = 1; order <= kBleuOrder; ++order) {
    const std::vector<Ngram> ngrams = sorted_ngrams(words.front(), order);
    for (size_t r = 0; r < references.size(); ++r) {
      ngrams_of_references[r] = sorted_ngrams(words_of_references[r], order);
    }
    counts.total[order - 1] = std::ssize(ngrams);
    counts.correct[order - 1] = clipped_matches(ngrams, ngrams_of_references);
  }
  return counts;
}

void Bleu::count(std::string_view hypothesis, std::span<const std::string_view> references,
                 std::span<double> statistics) const {
  const BleuCounts counts = count_bleu(hypothesis, references);
  auto next = statistics.begin();
  *next++ = static_cast<double>(counts.hypothesis_length);
  *next++ = static_cast<double>(counts.reference_length);
  next = std::copy(counts.correct.begin(), counts.correct.end(), next);
  std::copy(counts.total.begin(), counts.total.end(), next);
}

BleuScore Bleu::details(std::span<const double> sums) const {
  BleuCounts counts;
  counts.hypothesis_length = static_cast<int64_t>(sums[0]);
  counts.reference_length = static_cast<int64_t>(sums[1]);
  std::copy_n(sums.begin() + 2, kBleuOrder, counts.correct.begin());
  std::copy_n(sums.begin() + 2 + kBleuOrder, kBleuOrder, counts.total.begin());
  return compute_bleu(counts);
}

BleuScore corpus_bleu(std::span<const std::string> hypotheses, std::span<const Segments> references) {
  const Bleu bleu;
  return bleu.details(count_segments(bleu, hypotheses, references).sum());
}

}  // namespace rotor

#include "score/bleu.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/check.h"
#include "score/ngrams.h"
#include "text/sentence_pieces.h"
#include "text/unicode.h"
#include "text/whitespace.h"

namespace rotor {
namespace {

/// A hypothesis or reference.
struct Text {
  std::string lower;
  Tokens tokens;
  std::vector<uint32_t> ids;
};

/// The memory for counting a segment, kept for the next one.
struct Workspace {
  std::vector<Text> texts;  ///< the hypothesis, then the references
  WordIds ids;
  ClippedMatches matches;
};

int64_t nearest_length(int64_t length, std::span<const Text> references) {
  const auto nearer = [&](int64_t a, int64_t b) {
    const int64_t difference_a = std::abs(a - length), difference_b = std::abs(b - length);
    return difference_a != difference_b ? difference_a < difference_b : a < b;
  };
  int64_t nearest = std::ssize(references.front().ids);
  for (const auto& reference : references) nearest = std::min(nearest, std::ssize(reference.ids), nearer);
  return nearest;
}

bool takes_value(const std::string& smooth_method) {
  return smooth_method == "floor" || smooth_method == "add-k";
}

double smooth_value(const BleuOptions& options) {
  return options.smooth_value.value_or(options.smooth_method == "floor" ? 0.1 : 1);
}

/// A count of n-grams, matched or all, as smoothing "add-k" takes it.
double smoothed(int64_t count, size_t order, const BleuOptions& options) {
  const bool adds = options.smooth_method == "add-k" && order > 1;
  return static_cast<double>(count) + (adds ? smooth_value(options) : 0);
}

std::array<double, kBleuOrder> smoothed_precisions(const BleuCounts& counts, const BleuOptions& options) {
  std::array<double, kBleuOrder> precisions{};
  double halving = 1;
  for (size_t n = 0; n < kBleuOrder; ++n) {
    const double correct = smoothed(counts.correct[n], n + 1, options);
    const double total = smoothed(counts.total[n], n + 1, options);
    if (total == 0) break;
    if (correct != 0) {
      precisions[n] = 100. * correct / total;
    } else if (options.smooth_method == "exp") {
      halving *= 2;
      precisions[n] = 100. / (halving * total);
    } else if (options.smooth_method == "floor") {
      precisions[n] = 100. * smooth_value(options) / total;
    }
  }
  return precisions;
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

BleuScore compute_bleu(const BleuCounts& counts, const BleuOptions& options) {
  BleuScore bleu;
  bleu.hypothesis_length = counts.hypothesis_length;
  bleu.reference_length = counts.reference_length;
  const double hypothesis = static_cast<double>(counts.hypothesis_length);
  const double reference = static_cast<double>(counts.reference_length);
  if (reference > 0) bleu.ratio = hypothesis / reference;
  if (hypothesis < reference) bleu.brevity_penalty = hypothesis > 0 ? std::exp(1 - reference / hypothesis) : 0;
  if (counts.correct == decltype(counts.correct){}) return bleu;  // without a match nothing is smoothed

  size_t orders = options.effective_order ? 1 : kBleuOrder;
  while (orders < kBleuOrder && smoothed(counts.total[orders], orders + 1, options) > 0) ++orders;
  bleu.precisions = smoothed_precisions(counts, options);
  double log_sum = 0;  // an order without n-grams: exp(−∞) = 0
  for (size_t n = 0; n < orders; ++n) log_sum += std::log(bleu.precisions[n]);
  bleu.score = bleu.brevity_penalty * std::exp(log_sum / static_cast<double>(orders));
  return bleu;
}

Bleu::Bleu(BleuOptions options)
    : options_(std::move(options)),
      tokenizer_(options_.compound_split.empty() ? make_tokenizer(options_.tokenize, options_.spm_model)
                                                 : make_compound_splitter(options_.compound_split)) {
  static const std::vector<std::string> methods = {"none", "floor", "add-k", "exp"};
  ROTOR_CHECK(std::find(methods.begin(), methods.end(), options_.smooth_method) != methods.end(),
              "expected a smoothing method among {}, got \"{}\"", fmt::join(methods, ", "), options_.smooth_method);
  tokenizer_signature_ = options_.compound_split.empty()
                             ? options_.tokenize
                             : fmt::format("moses-{}+compound-split", options_.compound_split);
  if (!options_.spm_model.empty()) {
    tokenizer_signature_ += fmt::format("[{}]", SentencePieces(options_.spm_model).sha256().substr(0, 8));
  }
}

std::string Bleu::name() const {
  return options_.compound_split.empty() ? "BLEU" : "BLEU-compound-split";
}

Signature Bleu::signature() const {
  std::string smooth = options_.smooth_method;
  if (takes_value(smooth)) smooth += fmt::format("[{:.2f}]", smooth_value(options_));
  return {{"case", options_.lowercase ? "lc" : "mixed"},
          {"eff", options_.effective_order ? "yes" : "no"},
          {"tok", tokenizer_signature_},
          {"smooth", smooth}};
}

BleuCounts Bleu::counts(std::string_view hypothesis, std::span<const std::string_view> references) const {
  ROTOR_CHECK(!references.empty(), "expected at least one reference a hypothesis, got none");
  thread_local Workspace work;
  work.texts.resize(1 + references.size());
  size_t words = 0;
  for (size_t t = 0; t < work.texts.size(); ++t) {
    Text& text = work.texts[t];
    std::string_view segment = t == 0 ? hypothesis : references[t - 1];
    if (options_.lowercase) segment = text.lower = rotor::lowercase(segment);
    tokenizer_(strip_right(segment), text.tokens);
    words += text.tokens.list.size();
  }
  work.ids.clear(words);
  for (Text& text : work.texts) work.ids(text.tokens.list, text.ids);
  const std::span<const Text> texts_of_references = std::span(work.texts).subspan(1);

  BleuCounts counts;
  counts.hypothesis_length = std::ssize(work.texts.front().ids);
  counts.reference_length = nearest_length(counts.hypothesis_length, texts_of_references);
  work.matches.begin(work.texts.front().ids);
  for (const auto& reference : texts_of_references) work.matches.add(reference.ids);
  counts.correct = work.matches.matches();
  for (size_t n = 0; n < kBleuOrder; ++n) {
    counts.total[n] = std::max<int64_t>(0, counts.hypothesis_length - static_cast<int64_t>(n));
  }
  return counts;
}

void Bleu::count(std::string_view hypothesis, std::span<const std::string_view> references,
                 std::span<double> statistics) const {
  const BleuCounts counts = this->counts(hypothesis, references);
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
  return compute_bleu(counts, options_);
}

BleuScore corpus_bleu(std::span<const std::string> hypotheses, std::span<const Segments> references,
                      const BleuOptions& options) {
  const Bleu bleu(options);
  return bleu.details(count_segments(bleu, hypotheses, references).sum());
}

}  // namespace rotor

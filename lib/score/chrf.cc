#include "score/chrf.h"

#include <algorithm>

#include "base/check.h"
#include "score/ngrams.h"
#include "text/unicode.h"
#include "text/whitespace.h"

namespace rotor {
namespace {

constexpr double kEpsilon = 1e-16;

bool is_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

bool is_one_character(std::string_view word) {
  return std::count_if(word.begin(), word.end(), [](char c) { return (c & 0xC0) != 0x80; }) == 1;
}

/// Words with one ASCII punctuation mark split off: the last character's if it is one, else the first's.
std::vector<std::string_view> chrf_words(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::string_view word : split_words(text)) {
    size_t cut = 0;
    if (!is_one_character(word)) {
      if (is_punctuation(word.back())) {
        cut = word.size() - 1;
      } else if (is_punctuation(word.front())) {
        cut = 1;
      }
    }
    if (cut > 0) words.push_back(word.substr(0, cut));
    words.push_back(word.substr(cut));
  }
  return words;
}

std::vector<uint32_t> characters(std::string_view text, bool whitespace) {
  std::vector<uint32_t> characters;
  for (char32_t c : code_points(text)) {
    if (whitespace || !is_python_space(c)) characters.push_back(c);
  }
  return characters;
}

/// The character n-grams and the word n-grams of one text.
struct TextNgrams {
  TextNgrams(std::string_view text, const ChrfOptions& options, WordIds& ids)
      : characters(rotor::characters(text, options.whitespace), options.char_order),
        words(options.word_order > 0 ? ids(chrf_words(text)) : std::vector<uint32_t>(), options.word_order) {}

  Ngrams characters, words;
};

void compare(const Ngrams& hypothesis, const Ngrams& reference, int64_t max_order, std::vector<double>& statistics) {
  for (int64_t order = 1; order <= max_order; ++order) {
    const int64_t in_reference = reference.count(order);
    const int64_t in_hypothesis = in_reference > 0 ? hypothesis.count(order) : 0;  // no miss where nothing can match
    const int64_t matches = in_reference > 0 ? hypothesis.matches(reference, order) : 0;
    for (int64_t number : {in_hypothesis, in_reference, matches}) statistics.push_back(static_cast<double>(number));
  }
}

}  // namespace

Chrf::Chrf(ChrfOptions options)
    : options_(options), orders_(static_cast<size_t>(options.char_order + options.word_order)) {
  ROTOR_CHECK(options.char_order >= 0 && options.word_order >= 0 && orders_ > 0,
              "expected chrF's orders to be at least 0 and not both 0, got {} characters and {} words",
              options.char_order, options.word_order);
  ROTOR_CHECK(options.beta > 0, "expected chrF's beta to be at least 1, got {}", options.beta);
}

std::string Chrf::name() const {
  return fmt::format("chrF{}{}", options_.beta, std::string(static_cast<size_t>(options_.word_order), '+'));
}

Signature Chrf::signature() const {
  return {{"case", options_.lowercase ? "lc" : "mixed"},
          {"eff", options_.eps_smoothing ? "no" : "yes"},
          {"nc", std::to_string(options_.char_order)},
          {"nw", std::to_string(options_.word_order)},
          {"space", options_.whitespace ? "yes" : "no"}};
}

void Chrf::count(std::string_view hypothesis, std::span<const std::string_view> references,
                 std::span<double> statistics) const {
  std::vector<std::string> texts;
  for (std::string_view text : references) texts.push_back(options_.lowercase ? lowercase(text) : std::string(text));
  texts.push_back(options_.lowercase ? lowercase(hypothesis) : std::string(hypothesis));

  WordIds ids;
  const TextNgrams ours(texts.back(), options_, ids);
  double best = -1;
  for (size_t r = 0; r < references.size(); ++r) {
    const TextNgrams theirs(texts[r], options_, ids);
    std::vector<double> against_reference;
    compare(ours.characters, theirs.characters, options_.char_order, against_reference);
    compare(ours.words, theirs.words, options_.word_order, against_reference);
    if (const double score = this->score(against_reference); score > best) {
      best = score;
      std::copy(against_reference.begin(), against_reference.end(), statistics.begin());
    }
  }
}

double Chrf::score(std::span<const double> sums) const {
  const auto beta2 = static_cast<double>(options_.beta * options_.beta);
  double sum_of_scores = 0, precisions = 0, recalls = 0;
  int effective_orders = 0;
  for (size_t i = 0; i < sums.size(); i += 3) {
    const double in_hypothesis = sums[i], in_reference = sums[i + 1], matches = sums[i + 2];
    const double precision = in_hypothesis > 0 ? matches / in_hypothesis : kEpsilon;
    const double recall = in_reference > 0 ? matches / in_reference : kEpsilon;
    const double denominator = beta2 * precision + recall;
    sum_of_scores += denominator > 0 ? (1 + beta2) * precision * recall / denominator : kEpsilon;
    if (in_hypothesis > 0 && in_reference > 0) {
      precisions += precision;
      recalls += recall;
      ++effective_orders;
    }
  }
  if (options_.eps_smoothing) return 100 * sum_of_scores / static_cast<double>(orders_);
  if (precisions + recalls == 0) return 0;
  const double precision = precisions / effective_orders, recall = recalls / effective_orders;
  return 100 * ((1 + beta2) * precision * recall / (beta2 * precision + recall));
}

double corpus_chrf(std::span<const std::string> hypotheses, std::span<const Segments> references,
                   const ChrfOptions& options) {
  const Chrf chrf(options);
  return chrf.score(count_segments(chrf, hypotheses, references).sum());
}

}  // namespace rotor

#include "score/options.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "base/option_text.h"
#include "score/moses.h"

namespace rotor {
namespace {

constexpr int64_t kMaxWidth = 50;  // a double in 0 … 100 has nothing of interest beyond

/// The names between commas and spaces, each once.
std::set<std::string> names_of(const std::vector<std::string>& texts) {
  static const std::vector<std::string> known = {"bleu", "chrf", "ter"};
  std::set<std::string> names;
  for (std::string text : texts) {
    std::replace(text.begin(), text.end(), ',', ' ');
    std::istringstream in(text);
    for (std::string name; in >> name; names.insert(name)) {
      require(std::find(known.begin(), known.end(), name) != known.end(),
              "--metrics expects names among bleu, chrf and ter, got '{}'", name);
    }
  }
  require(!names.empty(), "--metrics expects at least one of bleu, chrf and ter, got none");
  return names;
}

void describe_metrics(ScoreOptions& score, Options& options) {
  options.group("BLEU");
  options.add("tokenize", score.bleu.tokenize, "tokeniser; moses-… are Rotor's, the others sacreBLEU's",
              tokenizer_names());
  options.add("spm-model", score.bleu.spm_model, "SentencePiece model file of --tokenize spm");
  options.add("smooth-method", score.bleu.smooth_method, "smoothing", {"none", "floor", "add-k", "exp"});
  options.add("smooth-value", score.smooth_value, "value of floor and add-k; 0: 0.1 and 1");
  options.add("lowercase", score.bleu.lowercase, "lower all letters");
  options.add("compound-split-bleu", score.compound_split_bleu,
              "give beside it the BLEU of many papers on WMT14: of Moses's tokens, \"a-b\" split in two");
  options.add("target-lang", score.target_lang, "language of --compound-split-bleu", moses_languages());
  options.add("force", score.force, "do not warn of texts that look tokenised");
  options.group("chrF");
  options.add("chrf-char-order", score.chrf.char_order, "longest character n-grams");
  options.add("chrf-word-order", score.chrf.word_order, "longest word n-grams; 2: chrF++");
  options.add("chrf-beta", score.chrf.beta, "how much more recall weighs than precision");
  options.add("chrf-whitespace", score.chrf.whitespace, "count white space among the characters");
  options.add("chrf-lowercase", score.chrf.lowercase, "lower all letters");
  options.add("chrf-eps-smoothing", score.chrf.eps_smoothing, "average over all orders, as chrF++.py, NLTK and Moses");
  options.group("TER");
  options.add("ter-case-sensitive", score.ter.case_sensitive, "do not lower letters");
  options.add("ter-asian-support", score.ter.asian_support, "know Asian characters (with the two below)");
  options.add("ter-no-punct", score.ter.no_punct, "remove punctuation");
  options.add("ter-normalized", score.ter.normalized, "unescape entities and set punctuation apart");
}

}  // namespace

void ScoreOptions::describe(Options& options) {
  options.group("Score");
  options.add("reference", reference, "references, detokenised, one a line; several files are several references");
  options.add("hypothesis", hypothesis,
              "translations, detokenised, one a line; several files are several systems; "
              "- reads standard input");
  options.add("metrics", metrics, "any of bleu, chrf and ter");
  options.add("sentence-level", sentence_level, "score every line (one metric, one system)");
  describe_metrics(*this, options);
  options.group("Significance");
  options.add("confidence", confidence, "give 95 % intervals by bootstrap resampling (one system)");
  options.add("confidence-n", confidence_n, "resamples of --confidence");
  options.add("paired-bs", paired_bs, "test each system against the first by paired bootstrap resampling");
  options.add("paired-bs-n", paired_bs_n, "resamples of --paired-bs");
  options.add("paired-ar", paired_ar, "test each system against the first by paired approximate randomisation");
  options.add("paired-ar-n", paired_ar_n, "trials of --paired-ar");
  options.add("seed", seed, "of resamples and trials");
  options.group("Report");
  options.add("format", format, "lines of text or JSON, as sacreBLEU prints them", {"text", "json"});
  options.add("width", width, "decimals of scores");
  options.add("score-only", score_only, "print the numbers alone");
}

void ScoreOptions::check() const {
  require(!reference.empty(), "expected --reference with at least one file, got none");
  require(width >= 0 && width <= kMaxWidth, "expected --width from 0 to {}, got {}", kMaxWidth, width);
  const auto from_input =
      std::count(reference.begin(), reference.end(), "-") + std::count(hypothesis.begin(), hypothesis.end(), "-");
  require(from_input <= 1,
          "expected one text on standard input, got several; give --hypothesis and --reference as files");
  const size_t metrics = names_of(this->metrics).size() + (compound_split_bleu ? 1 : 0), systems = hypothesis.size();
  const bool takes_value = bleu.smooth_method == "floor" || bleu.smooth_method == "add-k";
  require(smooth_value >= 0, "expected --smooth-value of at least 0, got {}", smooth_value);
  require(smooth_value == 0 || takes_value, "--smooth-value is of the smoothing methods floor and add-k, not of {}",
          bleu.smooth_method);
  require((bleu.tokenize == "spm") == !bleu.spm_model.empty(), "--tokenize spm and --spm-model need each other");
  require(!sentence_level || (metrics == 1 && systems == 1),
          "--sentence-level expects one metric and one system, got {} and {}", metrics, systems);
  require(!sentence_level || !(confidence || paired()), "--sentence-level allows no confidence or paired tests");
  require(!(paired_bs && paired_ar), "expected one of --paired-bs and --paired-ar, got both");
  require(!paired() || systems > 1, "paired tests expect several files of --hypothesis, got one");
  require(!confidence || systems == 1, "--confidence expects one system, got {}; use --paired-bs", systems);
  require(systems == 1 || !score_only, "--score-only expects one system, got {}", systems);
  require(std::set<std::string>(hypothesis.begin(), hypothesis.end()).size() == systems,
          "expected different files of --hypothesis, got one twice");
  for (int64_t n : {confidence_n, paired_bs_n, paired_ar_n}) {
    require(n > 1, "expected at least 2 resamples or trials, got {}", n);
  }
  require(seed >= 0, "expected --seed of at least 0, got {}", seed);
}

std::vector<std::unique_ptr<Metric>> ScoreOptions::make_metrics() const {
  const std::set<std::string> names = names_of(metrics);
  std::vector<std::unique_ptr<Metric>> made;
  if (names.contains("bleu")) {
    BleuOptions options = bleu;
    if (smooth_value > 0) options.smooth_value = smooth_value;
    options.effective_order = sentence_level;
    made.push_back(std::make_unique<Bleu>(options));
  }
  if (compound_split_bleu) {
    BleuOptions options{.lowercase = bleu.lowercase, .smooth_method = "none", .compound_split = target_lang};
    made.push_back(std::make_unique<Bleu>(options));
  }
  if (names.contains("chrf")) made.push_back(std::make_unique<Chrf>(chrf));
  if (names.contains("ter")) made.push_back(std::make_unique<Ter>(ter));
  return made;
}

}  // namespace rotor

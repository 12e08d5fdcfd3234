#include "score/options.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <sstream>

#include "base/option_text.h"
#include "score/tokenizers.h"
#include "text/unicode.h"

namespace rotor {
namespace {

constexpr int64_t kMaxWidth = 50;  // a double in 0 … 100 has nothing of interest beyond

/// The names between commas and spaces, each once.
std::set<std::string> names_of(const std::vector<std::string>& texts) {
  static const std::vector<std::string> known = {"bleu", "chrf", "chrf++", "ter"};
  std::set<std::string> names;
  for (std::string text : texts) {
    std::replace(text.begin(), text.end(), ',', ' ');
    std::istringstream in(text);
    for (std::string name; in >> name; names.insert(name)) {
      require(std::find(known.begin(), known.end(), name) != known.end(),
              "--metrics expects names among bleu, chrf, chrf++ and ter, got '{}'{}", name, did_you_mean(name, known));
    }
  }
  require(!names.empty(), "--metrics expects at least one of bleu, chrf, chrf++ and ter, got none");
  return names;
}

constexpr const char* kSeedVariable = "SACREBLEU_SEED";

/// The seed that sacreBLEU's variable says, or `otherwise` if it is not set. "none", with which sacreBLEU draws other
/// numbers each time, draws the seed, which the signature then shows.
int64_t seed_of_environment(int64_t otherwise) {
  const char* text = std::getenv(kSeedVariable);
  if (text == nullptr) return otherwise;
  if (lowercase(text) == "none") return std::random_device()();
  int64_t seed = 0;
  require(
      read_value({trimmed(text)}, seed) && seed >= 0,
      "expected {} in the environment to be none or a whole number of 0 or more, got '{}'; unset it, or give --seed",
      kSeedVariable, text);
  return seed;
}

/// The tokeniser that sacreBLEU takes for a language.
std::string tokenizer_of(const std::string& language) {
  require(language != "ja" && language != "ko",
          "sacreBLEU cuts {} into words by MeCab, which is not here; give --tokenize char, and say so beside the score",
          language == "ja" ? "Japanese" : "Korean");
  return language == "zh" ? "zh" : "13a";
}

}  // namespace

bool ScoreOptions::scores(const char* metric) const {
  return names_of(metrics).contains(metric);
}

void ScoreOptions::describe_bleu(Options& options) {
  options
      .add("tokenize", bleu.tokenize,
           "tokeniser, by default that of --language-pair; moses-… are Rotor's, the others sacreBLEU's",
           tokenizer_names())
      .also("-tok")
      .common();
  options
      .add("language-pair", language_pair,
           "source and target language, as en-de: zh after the dash takes --tokenize zh")
      .also("-l");
  options.add("spm-model", bleu.spm_model, "SentencePiece model file of --tokenize spm");
  options
      .add("smooth-method", bleu.smooth_method,
           "smoothing; fairseq-score without --sacrebleu has none, and --tokenize none",
           {"none", "floor", "add-k", "exp"})
      .also("-s");
  options.add("smooth-value", smooth_value, "value of floor and add-k; 0: 0.1 and 1").also("-sv").at_least(0);
}

/// Options that have an effect without --metrics bleu too.
void ScoreOptions::describe_compounds(Options& options) {
  options.add("compound-split-bleu", compound_split_bleu,
              "also print the BLEU of many papers on WMT14, of Moses's tokens with \"a-b\" split in two");
  options.add("target-lang", target_lang, "language of --compound-split-bleu", moses_languages())
      .only("with --compound-split-bleu", [this] { return compound_split_bleu; });
  options.add("lowercase", bleu.lowercase, "convert all letters to lower case")
      .also("-lc")
      .also("--ignore-case")
      .only("with --metrics bleu or --compound-split-bleu", [this] { return scores("bleu") || compound_split_bleu; })
      .common();
}

void ScoreOptions::describe_chrf(Options& options) {
  options.group("chrF");
  options.add("chrf-char-order", chrf.char_order, "greatest length of character n-grams").also("-cc").at_least(0);
  options
      .add("chrf-word-order", chrf.word_order,
           "greatest length of word n-grams; 2: chrF++, as --metrics chrf++ gives too")
      .also("-cw")
      .at_least(0)
      .only("with --metrics chrf", [this] { return scores("chrf"); });
  options.add("chrf-beta", chrf.beta, "how much more recall weighs than precision").at_least(1);
  options.add("chrf-whitespace", chrf.whitespace, "count white space among the characters");
  options.add("chrf-lowercase", chrf.lowercase, "convert all letters to lower case");
  options.add("chrf-eps-smoothing", chrf.eps_smoothing, "average over all orders, as chrF++.py, NLTK and Moses do");
}

void ScoreOptions::describe_ter(Options& options) {
  options.group("TER");
  options.add("ter-case-sensitive", ter.case_sensitive, "keep upper case");
  options.add("ter-asian-support", ter.asian_support, "treat Asian characters too (with the two options below)");
  options.add("ter-no-punct", ter.no_punct, "remove punctuation");
  options.add("ter-normalized", ter.normalized, "unescape entities and set punctuation apart");
}

void ScoreOptions::describe_significance(Options& options) {
  options.group("Significance");
  options.add("confidence", confidence, "print 95 % intervals by bootstrap resampling (one system)")
      .also("-ci")
      .common();
  options.add("confidence-n", confidence_n, "number of resamples of --confidence")
      .also("-cin")
      .at_least(2)
      .only("with --confidence", [this] { return confidence; });
  options.add("paired-bs", paired_bs, "test each system against the first by paired bootstrap resampling")
      .also("-pbs")
      .common();
  options.add("paired-bs-n", paired_bs_n, "number of resamples of --paired-bs")
      .also("-pbsn")
      .at_least(2)
      .only("with --paired-bs", [this] { return paired_bs; });
  options.add("paired-ar", paired_ar, "test each system against the first by paired approximate randomisation")
      .also("-par");
  options.add("paired-ar-n", paired_ar_n, "number of trials of --paired-ar")
      .also("-part")
      .at_least(2)
      .only("with --paired-ar", [this] { return paired_ar; });
  options
      .add("seed", seed,
           fmt::format("seed of resamples and trials; not given, that of {} in the environment, or one that is drawn "
                       "if that says none",
                       kSeedVariable))
      .at_least(0)
      .only("with --confidence, --paired-bs or --paired-ar", [this] { return confidence || paired(); });
}

void ScoreOptions::describe(Options& options) {
  options.group("Score");
  options
      .positional("reference", reference,
                  "references, detokenised, one on each line; several files are several references",
                  /*required=*/false)
      .by_name()
      .also("-r")
      .also("--ref")
      .common();
  options
      .add("hypothesis", hypothesis,
           "translations, detokenised, one on each line; several files are several systems; - reads standard input")
      .also("-i")
      .also("--input")
      .also("--sys")
      .common();
  options.add("metrics", metrics, "any of bleu, chrf, chrf++ and ter").also("-m").common();
  options
      .add("sentence-level", sentence_level,
           "score every line (one metric, one system); fairseq's --sentence-bleu is this with --tokenize none "
           "--smooth-method add-k")
      .also("-sl")
      .also("--sentence-bleu")
      .common();
  options.add("force", force, "do not warn of texts that look tokenised");
  options.group("BLEU");
  options.only(
      "with --metrics bleu", [this] { return scores("bleu"); }, [&] { describe_bleu(options); });
  describe_compounds(options);
  options.only(
      "with --metrics chrf or chrf++", [this] { return scores("chrf") || scores("chrf++"); },
      [&] { describe_chrf(options); });
  options.only(
      "with --metrics ter", [this] { return scores("ter"); }, [&] { describe_ter(options); });
  describe_significance(options);
  options.group("Report");
  options.add("format", format, "lines of text or JSON, as sacreBLEU prints them", {"text", "json"})
      .also("-f")
      .common();
  options.add("width", width, "number of decimals of scores").also("-w").at_least(0).at_most(kMaxWidth).common();
  options.add("score-only", score_only, "print only the numbers").also("-b").common();
  options.add("quiet", quiet, "do not print warnings").also("-q");
}

void ScoreOptions::apply(CommandLine& options) {
  options.apply();
  if (options.given("tokenize").empty() && !language_pair.empty()) {
    const size_t dash = language_pair.find('-');
    require(dash != language_pair.npos && dash > 0 && dash + 1 < language_pair.size(),
            "--language-pair expects two languages, as en-de, got '{}'", language_pair);
    bleu.tokenize = tokenizer_of(language_pair.substr(dash + 1));
  }
  if (options.given("seed").empty() && options.find("seed")->missing().empty()) seed = seed_of_environment(seed);
}

void ScoreOptions::check() const {
  check_values(*this);
  require(!reference.empty(), "expected files of references: rotor-score REFERENCE --hypothesis FILE{}",
          hypothesis.size() == 1 ? "" : "; --hypothesis took " + join(hypothesis, ", "));
  const auto from_input =
      std::count(reference.begin(), reference.end(), "-") + std::count(hypothesis.begin(), hypothesis.end(), "-");
  require(from_input <= 1,
          "expected one text on standard input, got several; give --hypothesis and --reference as files");
  const size_t metrics = names_of(this->metrics).size() + (compound_split_bleu ? 1 : 0), systems = hypothesis.size();
  const bool takes_value = bleu.smooth_method == "floor" || bleu.smooth_method == "add-k";
  require(smooth_value == 0 || takes_value, "--smooth-value is of the smoothing methods floor and add-k, not of {}",
          bleu.smooth_method);
  require(chrf.char_order > 0 || chrf.word_order > 0 || !scores("chrf"),
          "expected --chrf-char-order or --chrf-word-order above 0, got both as 0");
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
  if (names.contains("chrf++")) {
    ChrfOptions with_words = chrf;
    with_words.word_order = 2;
    made.push_back(std::make_unique<Chrf>(with_words));
  }
  if (names.contains("ter")) made.push_back(std::make_unique<Ter>(ter));
  return made;
}

}  // namespace rotor

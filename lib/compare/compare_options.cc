#include "compare/compare_options.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "attention/kernel.h"
#include "base/option_text.h"
#include "position/table.h"

namespace rotor {

CompareOptions::CompareOptions() : encodings(join(position_encoding_names(), ",")) {}

void CompareOptions::describe(Options& options) {
  options.positional("corpus", corpus, "folder that rotor-preprocess wrote");
  options.group("Comparison");
  options
      .add("encodings", encodings,
           fmt::format("entries to compare, separated by commas: NAME of a position encoding, or ATTENTION+NAME with "
                       "another attention ({}), with options of rotor-train for this entry only, as in "
                       "rope:rope-base=1000, and of its tests alone, as in "
                       "rope:test-rope-scaling=linear:test-rope-scaling-factor=4",
                       join(attention_names(), ", ")))
      .common();
  options.add("seeds", seeds, "seeds with which each entry is trained, separated by commas").common();
  options
      .add("baseline", baseline,
           "entry with which the others are compared, of --encodings or finished; the first if sinusoidal is neither")
      .common();
  options
      .add("learning-rates", learning_rates,
           "values of --lr, separated by commas: each run is trained with each, and its model is that of the best "
           "validation by --best-checkpoint-metric")
      .common();
  options
      .add("output", output,
           "folder of the runs and the report; finished runs in it are not repeated, unfinished ones resume")
      .common();
  options
      .add("average", average,
           "newest checkpoints averaged after a training, of epochs, or of updates if those are too few; all there are "
           "if these are too few as well, and checkpoint_last if there are none")
      .at_least(1)
      .common();
  options
      .add("extrapolate", extrapolate,
           "test lengths that training has not seen: training pairs have at most N words a side, and --joined "
           "sentences are translated too; or language models read samples of 2, 4, 8 … and at last N times "
           "--tokens-per-sample; 0: no")
      .at_least(0)
      .common();
  options.add("bootstrap", bootstrap, "number of resamples of the test set in the significance test").at_least(1);
  options.add("published", published,
              "file of comma-separated values with a header, scores of the literature that the report shows as such");
  options.add("keep-checkpoints", keep_checkpoints,
              "keep the checkpoints of finished runs, not only their averaged model");
  options.add("report-only", report_only, "train nothing; report the finished runs");
  options.add("merge", merge,
              "output folders of the same comparison on other machines, separated by commas, whose finished runs are "
              "copied into this one");
  options
      .add("time-again", time_again,
           "after all trainings, measure the speeds again in this many rounds; for runs made beside other work; 0: no")
      .at_least(0);
  options.group("Translation");
  options.only(
      "for translation", [this] { return task == kTranslation; }, [&] { describe_translation(options); });
  options.group("Models of texts and of sentences");
  options.add("gen-subset", gen_subset, "split that is evaluated; not given, valid if test has no labels")
      .only("for models of texts", [this] { return task != kTranslation; })
      .common();
  options
      .add("context-window", context_window,
           "tokens before each sample of an evaluation that the model reads again; they are not scored again")
      .at_least(0)
      .only("for language models", [this] { return task == kLanguageModeling; });
}

void CompareOptions::describe_translation(Options& options) {
  options.add("test-source", test_source, "text to translate, one sentence on each line; .gz is unpacked").common();
  options.add("test-reference", test_reference, "translation of --test-source, line by line").common();
  options
      .add("joined", joined,
           "how many test sentences in a row are joined into one and tested too, numbers separated by commas")
      .only("with --extrapolate", [this] { return extrapolate > 0; });
  options.add("length-buckets", length_buckets,
              "greatest source length of each length bucket, in words; longer sources form one more bucket");
  search.describe_ranking(options);
}

void CompareOptions::check() const {
  check_values(*this);
  if (time_again > 0 && report_only) refuse("expected --time-again or --report-only, got both");
  whole_numbers(seeds, "seeds", 0);
}

std::vector<std::string> CompareOptions::search_arguments() const {
  std::vector<std::string> arguments;
  const auto add = [&](const char* name, const auto& value) {
    arguments.emplace_back(name);
    arguments.push_back(fmt::format("{}", value));
  };
  add("--beam", search.beam);
  add("--lenpen", search.lenpen);
  add("--lenpen-kind", search.lenpen_kind);
  add("--max-len-a", search.max_len_a);
  add("--max-len-b", search.max_len_b);
  return arguments;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  if (text.ends_with(separator)) parts.emplace_back();
  return parts;
}

std::vector<int64_t> whole_numbers(const std::string& list, const std::string& option, int64_t least) {
  std::vector<int64_t> numbers;
  for (const std::string& part : split(list, ',')) {
    int64_t number = 0;
    if (!read_value({trimmed(part)}, number) || number < least) {
      refuse("--{} expects whole numbers of {} or more with commas between, got '{}'", option, least, part);
    }
    if (std::find(numbers.begin(), numbers.end(), number) != numbers.end()) {
      refuse("--{} has {} twice", option, number);
    }
    numbers.push_back(number);
  }
  if (numbers.empty()) refuse("--{} expects at least one number", option);
  return numbers;
}

std::vector<int64_t> bucket_edges(const std::string& lengths) {
  std::vector<int64_t> edges = whole_numbers(lengths, "length-buckets", 1);
  require(std::is_sorted(edges.begin(), edges.end()), "expected --length-buckets from short to long, got {}", lengths);
  return edges;
}

}  // namespace rotor

#include "report/compare_options.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "base/option_text.h"
#include "position/table.h"

namespace rotor {

CompareOptions::CompareOptions() : encodings(join(position_encoding_names(), ",")) {}

void CompareOptions::describe(Options& options) {
  options.positional("corpus", corpus, "folder that rotor-preprocess wrote");
  options.group("Comparison");
  options
      .add("encodings", encodings,
           "what is compared, with commas between: NAME of a position encoding, linear+NAME for linear attention, "
           "each with any options of rotor-train that it alone has, as in rope:rope-base=1000")
      .common();
  options.add("seeds", seeds, "seeds that each of them is trained with, with commas between").common();
  options.add("baseline", baseline, "the one of --encodings that the others are tested against").common();
  options.add("test-source", test_source, "text to translate, a sentence a line; .gz is unpacked").common();
  options.add("test-reference", test_reference, "its translation, line by line").common();
  options
      .add("output", output,
           "folder of the runs and the report; what is finished in it is not repeated, what is not goes on")
      .common();
  options
      .add("average", average,
           "checkpoints averaged at the end of a training: its newest of epochs, or of updates if it has fewer of "
           "epochs; all there are if it has fewer of both; checkpoint_last if it ends within its first epoch")
      .at_least(1)
      .common();
  options
      .add("extrapolate", extrapolate,
           "test lengths that were not seen: the training pairs have at most N words a side, the test also translates "
           "2, 3 and 4 sentences joined; 0: no")
      .at_least(0);
  options.add("length-buckets", length_buckets,
              "longest source of each length bucket, in words; one more for the rest");
  options.add("bootstrap", bootstrap, "resamples of the test set in the test of significance").at_least(1);
  options.add("keep-checkpoints", keep_checkpoints, "keep those of finished runs, not only their averaged model");
  options.add("report-only", report_only, "train nothing; report what is finished");
  options
      .add("time-again", time_again,
           "when all is trained, measure the speeds once more, this many times in turn; for runs made beside other "
           "work; 0: no")
      .at_least(0);
  options.group("Translation");
  search.describe_ranking(options);
}

void CompareOptions::check() const {
  check_values(*this);
  search.check();
  if (test_source.empty() || test_reference.empty()) {
    refuse("expected the test set: --test-source FILE and --test-reference FILE");
  }
  if (time_again > 0 && report_only) refuse("expected --time-again or --report-only, got both");
  whole_numbers(seeds, "seeds", 0);
  const std::vector<int64_t> edges = whole_numbers(length_buckets, "length-buckets", 1);
  if (!std::is_sorted(edges.begin(), edges.end())) {
    refuse("expected --length-buckets from short to long, got {}", length_buckets);
  }
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

}  // namespace rotor

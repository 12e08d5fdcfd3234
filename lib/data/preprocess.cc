#include "data/preprocess.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/signals.h"
#include "data/binarise.h"
#include "data/cleaning.h"
#include "data/corpus_folder.h"
#include "data/corpus_writer.h"
#include "data/destination_folder.h"
#include "data/manifest.h"
#include "text/train_vocabulary.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

constexpr const char* kTrain = "train";

std::vector<SplitRecord> find_splits(const PreprocessOptions& options) {
  std::vector<SplitRecord> splits;
  const auto add = [&](const std::string& name, const std::string& prefixes, bool as_one) {
    std::istringstream list(prefixes);
    int64_t number = 0;
    for (std::string prefix; std::getline(list, prefix, ','); ++number) {
      if (number == 0 || !as_one) splits.push_back({number == 0 ? name : name + std::to_string(number), {}, {}, {}});
      splits.back().files.push_back(find_text(prefix, options.source_lang, options.target_lang));
    }
  };
  add(kTrain, options.trainpref, /*as_one=*/true);
  add("valid", options.validpref, /*as_one=*/false);
  add("test", options.testpref, /*as_one=*/false);
  return splits;
}

std::vector<std::string> names(const std::vector<SplitRecord>& splits) {
  std::vector<std::string> result;
  for (const SplitRecord& split : splits) result.push_back(split.name);
  return result;
}

CleaningRules cleaning_rules(const PreprocessOptions& options) {
  CleaningRules rules{options.train_drop_identical, options.train_drop_duplicates, options.train_min_script};
  if (rules.min_script > 0) {
    rules.source.emplace(options.source_lang);
    rules.target.emplace(options.target_lang);
  }
  return rules;
}

void check_some_left(const SplitRecord& split, const FaultCounts& counts, int64_t left) {
  ROTOR_CHECK(left > 0, "expected pairs to keep in {} and {}, got only some to drop: {}",
              split.files[0].source.string(), split.files[0].target.string(), counts.text());
}

void survey_all(std::vector<SplitRecord>& splits, const CleaningRules& rules, int64_t workers) {
  std::vector<std::string> with_carriage_returns;
  for (SplitRecord& split : splits) {
    split.survey = survey(split.files, split.name == kTrain ? rules : CleaningRules(), workers);
    const std::vector<std::string>& found = split.survey.with_carriage_returns;
    with_carriage_returns.insert(with_carriage_returns.end(), found.begin(), found.end());
    check_some_left(split, split.survey.faults, split.survey.faults.of(Fault::kNone));
  }
  if (!with_carriage_returns.empty()) {
    log::warn("stripped the carriage returns of CR LF line ends in {}", fmt::join(with_carriage_returns, ", "));
  }
}

/// Trains a vocabulary on some sides of the training text, each with its files in the order of the split.
Vocabulary train(const PreprocessOptions& options, const SplitRecord& split,
                 const std::vector<fs::path TextPair::*>& sides, int64_t size) {
  std::vector<fs::path> files;
  for (const auto side : sides) {
    for (const TextPair& pair : split.files) files.push_back(pair.*side);
  }
  std::vector<int64_t> begin = {0};  // where the lines of each pair of files begin
  for (const int64_t lines : split.survey.lines) begin.push_back(begin.back() + lines);
  const auto sides_count = static_cast<int64_t>(sides.size());
  return Vocabulary::from_bytes(train_vocabulary(
      files,
      {.size = size > 0 ? size : options.vocab_size,
       .byte_fallback = options.byte_fallback,
       .character_coverage = options.coverage(),
       .normalization = options.normalization,
       .user_defined_symbols = options.user_defined_symbols,
       .lines = options.vocab_lines,
       .wanted = [&](size_t file, int64_t line) { return split.survey.kept[begin[file % split.files.size()] + line]; },
       .wanted_lines = sides_count * split.survey.faults.of(Fault::kNone)}));
}

Vocabularies make_vocabularies(const PreprocessOptions& options, const std::vector<SplitRecord>& splits) {
  const auto make = [&](const std::string& given, const std::vector<fs::path TextPair::*>& sides, int64_t size) {
    return given.empty() ? train(options, splits.front(), sides, size) : Vocabulary::from_file(given);
  };
  if (options.joined_dictionary) {
    const Vocabulary vocabulary = make(options.srcdict, {&TextPair::source, &TextPair::target}, 0);
    return {vocabulary, vocabulary};
  }
  return {make(options.srcdict, {&TextPair::source}, options.nwordssrc),
          make(options.tgtdict, {&TextPair::target}, options.nwordstgt)};
}

void log_side(const fs::path& file, size_t files, const BinarisedSide& side) {
  const double percent =
      side.tokens == 0 ? 0 : 100.0 * static_cast<double>(side.unknown) / static_cast<double>(side.tokens);
  log::info("  {}{}: {} tokens, {:.3f} % unknown", file.string(), files > 1 ? " …" : "", side.tokens, percent);
}

void binarise_split(const PreprocessOptions& options, SplitRecord& split, const Vocabularies& vocabularies,
                    int64_t workers) {
  CorpusWriter writer(split_path(options.destdir, split.name), corpus_task(kTranslation),
                      {describe_column("source", options.source_lang, vocabularies.source),
                       describe_column("target", options.target_lang, vocabularies.target)},
                      /*keep_text=*/split.name != kTrain);
  LengthRules rules;
  if (split.name == kTrain) rules = {options.train_max_length, options.train_max_ratio};
  split.binarised = binarise(split.files, split.survey.kept, rules, vocabularies, writer, workers);
  FaultCounts faults = split.survey.faults;
  faults += split.binarised.faults;
  check_some_left(split, faults, split.binarised.pairs);
  writer.finish();
  const int64_t dropped = faults.dropped();
  log::info("{}: {} pairs, {} dropped{}", split.name, split.binarised.pairs, dropped,
            dropped > 0 ? " (" + faults.text() + ")" : "");
  log_side(split.files[0].source, split.files.size(), split.binarised.source);
  log_side(split.files[0].target, split.files.size(), split.binarised.target);
}

}  // namespace

void preprocess(const PreprocessOptions& options) {
  options.check();
  const int64_t workers = options.workers > 0 ? options.workers : default_threads();
  std::vector<SplitRecord> splits = find_splits(options);
  const DestinationFolder destination(options.destdir);
  survey_all(splits, cleaning_rules(options), workers);
  const Vocabularies vocabularies = make_vocabularies(options, splits);
  catch_signals();  // from here on there are temporary files to remove
  Manifest manifest(options.destdir, vocabularies, options.record(), names(splits));
  write_vocabularies(options.destdir, vocabularies);
  if (vocabularies.joined()) {
    log::info("vocabulary: {} pieces, joined", vocabularies.source.size());
  } else {
    log::info("vocabularies: {} source and {} target pieces", vocabularies.source.size(), vocabularies.target.size());
  }
  for (SplitRecord& split : splits) {
    binarise_split(options, split, vocabularies, workers);
    manifest.add(split);
  }
  manifest.write();
}

}  // namespace rotor

#include "data/preprocess.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>
#include <vector>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "base/options.h"
#include "base/progress.h"
#include "base/signals.h"
#include "data/corpus_folder.h"
#include "data/corpus_writer.h"
#include "model/token_batch.h"
#include "text/train_vocabulary.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// The two files of a split.
struct Split {
  std::string name;
  fs::path source, target;
  int64_t lines = 0;
};

template <typename... Args>
void check_usage(bool condition, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) throw UsageError(fmt::format(format, std::forward<Args>(args)...));
}

void check_usage(const PreprocessOptions& options) {
  check_usage(!options.source_lang.empty() && !options.target_lang.empty(),
              "expected --source-lang and --target-lang, for example --source-lang en --target-lang de");
  check_usage(options.source_lang != options.target_lang,
              "expected two languages, got {} as --source-lang and --target-lang", options.source_lang);
  check_usage(!options.trainpref.empty() || !options.validpref.empty() || !options.testpref.empty(),
              "expected text: give --trainpref, --validpref or --testpref");
  check_usage(
      !options.joined_dictionary || options.tgtdict.empty(),
      "expected one model for both languages with --joined-dictionary: give it as --srcdict, without --tgtdict");
  check_usage(!options.joined_dictionary || (options.nwordssrc == 0 && options.nwordstgt == 0),
              "expected --vocab-size with --joined-dictionary, got --nwordssrc or --nwordstgt");
  check_usage(options.train_max_length >= 0 && (options.train_max_ratio == 0 || options.train_max_ratio >= 1),
              "expected --train-max-length of at least 0 and --train-max-ratio of 0 or at least 1, got {} and {}",
              options.train_max_length, options.train_max_ratio);
  const bool models_given = !options.srcdict.empty() && (options.joined_dictionary || !options.tgtdict.empty());
  check_usage(!options.trainpref.empty() || models_given,
              "expected --trainpref to train a vocabulary on, or models: --srcdict and --tgtdict, or --srcdict and "
              "--joined-dictionary");
}

fs::path find_text(const std::string& prefix, const std::string& language) {
  const std::string plain = prefix + "." + language;
  if (fs::exists(plain)) return plain;
  CHECK(fs::exists(plain + ".gz"), "expected {0} or {0}.gz, found neither", plain);
  return plain + ".gz";
}

std::vector<Split> find_splits(const PreprocessOptions& options) {
  std::vector<Split> splits;
  const auto add = [&](std::string name, const std::string& prefix) {
    splits.push_back({std::move(name), find_text(prefix, options.source_lang), find_text(prefix, options.target_lang)});
  };
  const auto add_all = [&](const std::string& name, const std::string& prefixes) {
    std::istringstream list(prefixes);
    int64_t number = 0;
    for (std::string prefix; std::getline(list, prefix, ','); ++number) {
      add(number == 0 ? name : name + std::to_string(number), prefix);
    }
  };
  if (!options.trainpref.empty()) add("train", options.trainpref);
  add_all("valid", options.validpref);
  add_all("test", options.testpref);
  return splits;
}

/// Reads a file to its end, which checks that it is UTF-8, and returns its number of lines.
int64_t check_text(const fs::path& path, std::vector<std::string>& with_carriage_returns) {
  LineReader reader(path);
  for (std::string line; reader.next(line);) continue;
  CHECK(reader.line_number() > 0, "expected text in {}, got an empty file", path.string());
  if (reader.carriage_returns() > 0) with_carriage_returns.push_back(path.string());
  return reader.line_number();
}

void check_texts(std::vector<Split>& splits) {
  std::vector<std::string> with_carriage_returns;
  for (Split& split : splits) {
    split.lines = check_text(split.source, with_carriage_returns);
    const int64_t target_lines = check_text(split.target, with_carriage_returns);
    CHECK(
        split.lines == target_lines,
        "expected as many lines in {} as in {}, got {} and {}; line n of one is the translation of line n of the other",
        split.source.string(), split.target.string(), split.lines, target_lines);
  }
  if (!with_carriage_returns.empty()) {
    log::warn("stripped the carriage returns of CR LF line ends in {}", fmt::join(with_carriage_returns, ", "));
  }
}

Vocabulary make_vocabulary(const PreprocessOptions& options, const std::string& given,
                           const std::vector<fs::path>& training_text, int64_t size) {
  if (!given.empty()) return Vocabulary::from_file(given);
  const VocabularyTraining training = {.size = size > 0 ? size : options.vocab_size,
                                       .byte_fallback = options.byte_fallback,
                                       .lines = options.vocab_lines};
  return Vocabulary::from_bytes(train_vocabulary(training_text, training));
}

Vocabularies make_vocabularies(const PreprocessOptions& options, const std::vector<Split>& splits) {
  const Split& train = splits.front();  // used only where no model is given, and then --trainpref was
  if (options.joined_dictionary) {
    const Vocabulary vocabulary = make_vocabulary(options, options.srcdict, {train.source, train.target}, 0);
    return {vocabulary, vocabulary};
  }
  return {make_vocabulary(options, options.srcdict, {train.source}, options.nwordssrc),
          make_vocabulary(options, options.tgtdict, {train.target}, options.nwordstgt)};
}

/// Encodes one side of a split, counting its tokens and unknowns.
class Encoder {
 public:
  Encoder(const fs::path& path, const Vocabulary& vocabulary) : reader_(path), vocabulary_(vocabulary) {}

  /// The ids of the next line; nothing at the end of the file.
  std::optional<std::vector<int32_t>> next() {
    if (!reader_.next(line_)) return std::nullopt;
    return vocabulary_.encode(line_);
  }

  void count(const std::vector<int32_t>& ids) {
    tokens_ += static_cast<int64_t>(ids.size());
    for (int32_t id : ids) unknown_ += id == kUnk;
  }

  std::string summary() const {
    const double percent = tokens_ == 0 ? 0 : 100.0 * static_cast<double>(unknown_) / static_cast<double>(tokens_);
    return fmt::format("{}: {} tokens, {:.3f} % unknown", reader_.name(), tokens_, percent);
  }

 private:
  LineReader reader_;
  const Vocabulary& vocabulary_;
  std::string line_;
  int64_t tokens_ = 0, unknown_ = 0;
};

/// Whether a pair of the training text is too long, or too unequal to be a translation.
bool is_unlikely(const PreprocessOptions& options, size_t source, size_t target) {
  const auto [shorter, longer] = std::minmax({static_cast<double>(source), static_cast<double>(target)});
  return (options.train_max_length > 0 && longer > static_cast<double>(options.train_max_length)) ||
         (options.train_max_ratio > 0 && longer > options.train_max_ratio * shorter);
}

void binarise(const PreprocessOptions& options, const Split& split, const Vocabularies& vocabularies) {
  const auto side = [](const std::string& language, const Vocabulary& vocabulary) {
    return CorpusSide{language, vocabulary.sha256(), vocabulary.size()};
  };
  CorpusWriter writer(split_path(options.destdir, split.name), side(options.source_lang, vocabularies.source),
                      side(options.target_lang, vocabularies.target));
  Encoder source(split.source, vocabularies.source), target(split.target, vocabularies.target);
  int64_t pairs = 0, blank = 0, unlikely = 0;
  {
    Progress progress(split.lines);
    while (true) {
      const auto source_ids = source.next(), target_ids = target.next();
      if (!source_ids || !target_ids) break;
      if (const int number = signal_received()) throw Interrupted(number);
      if (source_ids->empty() || target_ids->empty()) {
        ++blank;
        continue;
      }
      if (split.name == "train" && is_unlikely(options, source_ids->size(), target_ids->size())) {
        ++unlikely;
        continue;
      }
      writer.add(*source_ids, *target_ids);
      source.count(*source_ids);
      target.count(*target_ids);
      if (++pairs % 1000 == 0) progress.update(pairs + blank + unlikely, split.name);
    }
  }
  CHECK(pairs > 0, "expected text in {} and {}, got {}", split.source.string(), split.target.string(),
        unlikely > 0 ? "only pairs beyond --train-max-length or --train-max-ratio" : "blank lines only");
  writer.finish();
  log::info("{}: {} pairs, {} dropped for a blank side{}", split.name, pairs, blank,
            unlikely > 0 ? fmt::format(", {} for their lengths", unlikely) : "");
  log::info("  {}", source.summary());
  log::info("  {}", target.summary());
}

}  // namespace

void PreprocessOptions::describe(Options& options) {
  options.group("Text");
  options.add("source-lang", &source_lang, "source language, the ending of its files");
  options.add("target-lang", &target_lang, "target language, the ending of its files");
  options.add("trainpref", &trainpref, "prefix of the training text: PREFIX.en and PREFIX.de, plain or with .gz");
  options.add("validpref", &validpref,
              "prefix of the validation text; several, comma-separated, become valid, valid1 …");
  options.add(
      "testpref", &testpref,
      "prefix of the test text; several, comma-separated, become test, test1 …; here too, pairs with a blank side "
      "are dropped");
  options.add("train-max-length", &train_max_length, "drop training pairs with more pieces on a side; 0 keeps all");
  options.add("train-max-ratio", &train_max_ratio,
              "drop training pairs of which a side has more than so many times the other's pieces; 0 keeps all");
  options.add("destdir", &destdir, "folder to write, made if need be");
  options.group("Vocabulary");
  options.add("joined-dictionary", &joined_dictionary, "one vocabulary for both languages");
  options.add("vocab-size", &vocab_size, "pieces of a vocabulary, special tokens included");
  options.add("nwordssrc", &nwordssrc, "pieces of the source vocabulary; 0 takes --vocab-size");
  options.add("nwordstgt", &nwordstgt, "pieces of the target vocabulary; 0 takes --vocab-size");
  options.add("byte-fallback", &byte_fallback, "spell characters the vocabulary lacks as bytes instead of <unk>");
  options.add("vocab-lines", &vocab_lines, "train the vocabulary on so many lines drawn evenly; 0 takes all");
  options.add("srcdict", &srcdict, "use this SentencePiece model for the source (with --joined-dictionary, for both)");
  options.add("tgtdict", &tgtdict, "use this SentencePiece model for the target");
}

void preprocess(const PreprocessOptions& options) {
  check_usage(options);
  std::vector<Split> splits = find_splits(options);
  check_texts(splits);
  const Vocabularies vocabularies = make_vocabularies(options, splits);
  std::error_code error;
  fs::create_directories(options.destdir, error);
  CHECK(!error, "cannot make the folder {}: {}", options.destdir, error.message());
  write_vocabularies(options.destdir, vocabularies);
  if (vocabularies.joined()) {
    log::info("vocabulary: {} pieces, joined", vocabularies.source.size());
  } else {
    log::info("vocabularies: {} source and {} target pieces", vocabularies.source.size(), vocabularies.target.size());
  }
  catch_signals();  // from here on there are temporary files to remove
  for (const Split& split : splits) binarise(options, split, vocabularies);
}

}  // namespace rotor

#include "text/train_vocabulary.h"

#include <fmt/ranges.h>
#include <sentencepiece_trainer.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include "base/check.h"
#include "base/files.h"
#include "base/log.h"
#include "base/option_text.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/signals.h"
#include "text/sentencepiece.h"
#include "text/special_tokens.h"
#include "text/unicode.h"
#include "text/user_symbols.h"

namespace rotor {

namespace {

using sentencepiece::util::Status;
using sentencepiece::util::StatusCode;

/// The special tokens that every vocabulary has, and the number of them.
constexpr SpecialTokens kSpecials;
constexpr int64_t kSpecialCount = 4;

/// The longest line in bytes that a vocabulary is trained on: SentencePiece's own default, where words are cut into
/// pieces; characters are counted in lines of any length.
size_t longest_line(const VocabularyTraining& options) {
  constexpr size_t kDefault = 4192, kMost = size_t{1} << 30;
  return options.model_type == "char" ? kMost : kDefault;
}

/// Reads the wanted lines of some files, one file after the other.
class WantedLines {
 public:
  WantedLines(const std::vector<std::filesystem::path>& files, const VocabularyTraining& options)
      : files_(files), options_(options) {}

  bool next(std::string& line) {
    while (reader_ || file_ < files_.size()) {
      if (!reader_) reader_ = std::make_unique<LineReader>(files_[file_]);
      while (reader_->next(line)) {
        if (!options_.wanted || options_.wanted(file_, reader_->line_number() - 1)) return true;
      }
      reader_.reset();
      ++file_;
    }
    return false;
  }

 private:
  const std::vector<std::filesystem::path>& files_;
  const VocabularyTraining& options_;
  size_t file_ = 0;
  std::unique_ptr<LineReader> reader_;
};

/// Reads the lines of a text that are not blank.
class TextLines {
 public:
  explicit TextLines(const TextReader& text) : next_(text()) {}

  bool next(std::string& line) {
    while (next_(line)) {
      if (!is_blank(line)) return true;
    }
    return false;
  }

  /// Counts the remaining lines of at most so many bytes.
  int64_t count(size_t longest) {
    int64_t lines = 0;
    for (std::string line; next(line);) lines += line.size() <= longest;
    return lines;
  }

 private:
  std::function<bool(std::string&)> next_;
};

/// Hands the wanted lines that are not too long to SentencePiece, all or an even draw of `options.lines` (selection
/// sampling: Knuth, The Art of Computer Programming, volume 2, 3.4.2 S). No exception passes through the library: an
/// Error ends the lines and is kept.
class Lines : public sentencepiece::SentenceIterator {
 public:
  Lines(const TextReader& text, const VocabularyTraining& options)
      : lines_(text), longest_(longest_line(options)), random_(1) {
    const bool all_fit = options.wanted_lines > 0 && options.wanted_lines <= options.lines;
    if (options.lines > 0 && !all_fit) {
      left_ = TextLines(text).count(longest_);
      to_draw_ = std::min(options.lines, *left_);
    }
    advance();
  }

  bool done() const override { return done_; }
  void Next() override { advance(); }
  const std::string& value() const override { return line_; }
  Status status() const override { return error_ ? Status(StatusCode::kAborted, "reading failed") : Status(); }

  int64_t given() const { return given_; }  ///< for any thread to ask
  int64_t too_long() const { return too_long_; }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void advance() {
    try {
      while (lines_.next(line_)) {
        if (line_.size() > longest_) ++too_long_;
        if (line_.size() > longest_ || !drawn()) continue;
        ++given_;
        return;
      }
    } catch (...) {
      error_ = std::current_exception();
    }
    done_ = true;
  }

  bool drawn() {
    if (!left_) return true;
    const bool take = random_.uniform() * static_cast<double>((*left_)--) < static_cast<double>(to_draw_);
    to_draw_ -= take;
    return take;
  }

  TextLines lines_;
  size_t longest_;
  std::string line_;
  Random random_;
  std::optional<int64_t> left_;  ///< lines not yet seen, when drawing
  int64_t to_draw_ = 0, too_long_ = 0;
  std::atomic<int64_t> given_ = 0;
  bool done_ = false;
  std::exception_ptr error_;
};

/// The number that follows `words` in a text; 0 if they do not occur.
int64_t number_after(const std::string& text, const std::string& words) {
  const size_t at = text.find(words);
  return at == std::string::npos ? 0 : std::strtoll(text.c_str() + at + words.size(), nullptr, 10);
}

/// Says why training failed. SentencePiece gives the sizes that would do inside its sentences.
[[noreturn]] void explain(const Status& status, const VocabularyTraining& options, const std::string& name) {
  const std::string text = reason(status);
  const int64_t size = options.size;
  const int64_t most = number_after(text, "value <= "), least = number_after(text, " vs ");
  ROTOR_CHECK(most == 0 || most > kSpecialCount, "expected text to train a vocabulary on, got blank lines only in {}",
              name);
  require(most == 0, "expected a vocabulary of at most {} pieces, all that the text has, got {}; lower --vocab-size",
          most, size);
  require(least == 0,
          "expected a vocabulary of at least {} pieces, to hold the characters of {:g} % of the text{}, got {}; raise "
          "--vocab-size, or lower --character-coverage (from {} to 1), which leaves out the rarest{}",
          least, 100 * options.character_coverage, options.byte_fallback ? " and every byte" : "", size, kLeastCoverage,
          options.byte_fallback ? "" : ", with --byte-fallback to spell them");
  require(text.find("vocab_size") == std::string::npos,
          "cannot train a vocabulary of {} pieces, which has no place for what every vocabulary holds{}; raise "
          "--vocab-size",
          size, options.byte_fallback ? ", all bytes among them" : "");
  fail("cannot train a vocabulary of {} pieces: {}", size, text);
}

/// Says while SentencePiece trains, in silence, that it does: on a terminal all the time, else once a minute.
class SignOfLife {
 public:
  SignOfLife(int64_t pieces, const Lines& lines)
      : thread_([this, pieces, &lines](const std::stop_token& stop) { tell(stop, pieces, lines); }) {}

 private:
  void tell(const std::stop_token& stop, int64_t pieces, const Lines& lines) {
    constexpr double kMinute = 60;
    leave_signals_to_main_thread();
    Progress progress(0);
    const double start = seconds_now();
    double last_message = start;
    std::mutex mutex;
    std::unique_lock lock(mutex);
    const auto never = [] { return false; };
    while (!woken_.wait_for(lock, stop, std::chrono::milliseconds(200), never) && !stop.stop_requested()) {
      const double now = seconds_now();
      const std::string text = fmt::format("training a vocabulary of {} pieces: {} lines taken, {:.0f} s", pieces,
                                           lines.given(), now - start);
      progress.update(0, text);
      if (now - last_message < kMinute || ::isatty(STDERR_FILENO) == 1) continue;
      log::info("{}", text);
      last_message = now;
    }
  }

  std::condition_variable_any woken_;
  std::jthread thread_;
};

std::unordered_map<std::string, std::string> trainer_settings(const VocabularyTraining& options) {
  const std::vector<std::string> symbols = parse_user_symbols(options.user_defined_symbols, options.byte_fallback);
  std::unordered_map<std::string, std::string> settings = {
      {"model_type", options.model_type},
      {"vocab_size", std::to_string(options.size)},
      {"bos_id", std::to_string(kSpecials.bos)},
      {"pad_id", std::to_string(kSpecials.pad)},
      {"eos_id", std::to_string(kSpecials.eos)},
      {"unk_id", std::to_string(kSpecials.unk)},
      {"character_coverage", fmt::format("{}", options.character_coverage)},
      {"normalization_rule_name", options.normalization},
      {"user_defined_symbols", list_user_symbols(symbols)},
      {"control_symbols", options.mask ? "<mask>" : ""},
      {"byte_fallback", options.byte_fallback ? "true" : "false"},
      {"max_sentence_length", std::to_string(longest_line(options))},
      {"minloglevel", "3"},
  };
  if (options.model_type == "char") {  // one token a character, none for the beginning of a line
    settings.emplace("add_dummy_prefix", "false");
    settings.emplace("remove_extra_whitespaces", "false");
  }
  if (options.model_type == "word") settings.emplace("hard_vocab_limit", "false");
  return settings;
}

void check_options(const VocabularyTraining& options) {
  require(options.size > kSpecialCount, "expected a vocabulary of more than the {} special tokens, got a size of {}",
          kSpecialCount, options.size);
  const auto types = trained_model_types();
  ROTOR_CHECK(std::find(types.begin(), types.end(), options.model_type) != types.end(),
              "unknown model type '{}'; choose one of: {}", options.model_type, fmt::join(types, ", "));
  ROTOR_CHECK(options.character_coverage >= kLeastCoverage && options.character_coverage <= 1,
              "expected a character coverage from {} to 1, got {}", kLeastCoverage, options.character_coverage);
  const auto rules = normalization_rules();
  ROTOR_CHECK(std::find(rules.begin(), rules.end(), options.normalization) != rules.end(),
              "unknown normalization '{}'; choose one of: {}", options.normalization, fmt::join(rules, ", "));
}

}  // namespace

std::vector<std::string> trained_model_types() {
  return {"bpe", "unigram", "char", "word"};
}

std::vector<std::string> normalization_rules() {
  return {"nmt_nfkc", "nfkc", "nmt_nfkc_cf", "nfkc_cf", "identity"};
}

std::string train_vocabulary(const std::vector<std::filesystem::path>& files, const VocabularyTraining& options) {
  const TextReader text = [&] {
    const auto lines = std::make_shared<WantedLines>(files, options);
    return [lines](std::string& line) { return lines->next(line); };
  };
  return train_vocabulary(text, files.front().string() + (files.size() > 1 ? " and other files" : ""), options);
}

std::string train_vocabulary(const TextReader& text, const std::string& name, const VocabularyTraining& options) {
  check_options(options);
  const auto settings = trainer_settings(options);
  quiet_sentencepiece();
  std::string model;
  Lines lines(text, options);
  const Status status = [&] {
    const SignOfLife sign(options.size, lines);
    return sentencepiece::SentencePieceTrainer::Train(settings, &lines, &model);
  }();
  lines.rethrow();
  ROTOR_CHECK(
      lines.given() > 0 || lines.too_long() == 0,
      "expected lines of at most {} bytes to train a vocabulary on, got only longer ones ({} in {}); break the text "
      "into sentences, a line each",
      longest_line(options), lines.too_long(), name);
  ROTOR_CHECK(lines.given() > 0, "expected text to train a vocabulary on, got blank lines only in {}", name);
  if (!status.ok()) explain(status, options, name);
  if (lines.too_long() > 0) {
    log::warn("{} lines longer than {} bytes were left out when the vocabulary was trained", lines.too_long(),
              longest_line(options));
  }
  return model;
}

}  // namespace rotor

#include "search/requests.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <sstream>

#include "base/check.h"
#include "base/compressed.h"
#include "base/files.h"
#include "base/log.h"
#include "base/signals.h"
#include "text/unicode.h"

namespace rotor {
namespace {

/// Waits until standard input has something to read: a signal ends this wait, but not that for a line.
void wait_for_standard_input() {
  while (std::cin.rdbuf()->in_avail() <= 0) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, -1) >= 0) return;
    if (const int number = signal_received()) throw Interrupted(number);
  }
}

/// Whether something comes within a blink: writers and this reader take turns, and a batch should not end for that.
bool standard_input_is_ready() {
  constexpr int kMilliseconds = 20;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return std::cin.rdbuf()->in_avail() > 0 || ::poll(&input, 1, kMilliseconds) != 0;
}

TokenIds with_end(TokenIds ids, const Vocabulary& vocabulary) {
  ids.push_back(vocabulary.specials().eos);
  return ids;
}

TokenIds encoded(const std::string& text, const Vocabulary& vocabulary, const std::string& place) {
  return with_end(vocabulary.encode(text, place), vocabulary);
}

/// The sentences of a line; nothing of a blank one.
std::shared_ptr<const SplitLine> split_line(const SentenceSplitter& splitter, const std::string& line) {
  std::vector<SentenceRange> sentences = splitter.split(line);
  if (sentences.empty()) return nullptr;
  const size_t begin = sentences.front().begin, end = sentences.back().end;
  for (SentenceRange& sentence : sentences) sentence = {sentence.begin - begin, sentence.end - begin};
  return std::make_shared<const SplitLine>(SplitLine{line.substr(begin, end - begin), std::move(sentences)});
}

/// The lines of a file that can be read twice, for a progress bar; 0 for others, or where no bar is seen.
int64_t count_lines(const std::filesystem::path& path) {
  std::error_code ignored;
  if (path == "-" || ::isatty(STDERR_FILENO) != 1 || !std::filesystem::is_regular_file(path, ignored)) return 0;
  const std::unique_ptr<std::istream> in = open_text(path);
  std::string buffer(1 << 16, '\0');
  int64_t lines = 0;
  char last = '\n';
  while (in->read(buffer.data(), std::ssize(buffer)) || in->gcount() > 0) {
    lines += std::count(buffer.begin(), buffer.begin() + in->gcount(), '\n');
    last = buffer[in->gcount() - 1];
  }
  return lines + (last != '\n');
}

class TextRequests : public Requests {
 public:
  TextRequests(const TextFiles& files, const Vocabularies& vocabularies, const LengthLimits& limits)
      : vocabularies_(vocabularies),
        keep_texts_(files.keep_texts),
        prompts_(files.prompts),
        print_prompts_(files.print_prompts),
        words_(files.words),
        languages_(files.languages),
        source_(files.source, files.source == "-"),
        shorten_source_(files.prompts ? Shortener::of_prompts(limits.target, limits.refuse)
                                      : Shortener::of_sentences("source", limits.source, limits.refuse)),
        shorten_target_(Shortener::of_sentences("target", limits.target, limits.refuse)) {
    const auto open = [](std::optional<Text>& text, const std::filesystem::path& path) {
      if (!path.empty()) text.emplace(path, path == "-");
    };
    open(reference_, files.reference);
    open(prefix_, files.prefix);
    open(phrases_, files.phrases);
    open(avoided_, files.avoided);
    if (files.split_sentences) {
      splitter_.emplace(files.sentence_language);
    } else {
      total_ = count_lines(files.source);
    }
    if (prompts()) std::cerr << "Type a " << (prompts_ ? "prompt" : "sentence") << " a line; Ctrl-D ends.\n";
  }

  bool prompts() const override { return source_.waits && ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

  bool ready() const override { return has_sentence() || !source_.waits || standard_input_is_ready(); }

  int64_t total() const override { return total_; }

  bool next(Request& request) override {
    const bool more = has_sentence() || read_line();
    if (more) take_sentence(request);
    if (reference_ && read_beside(*reference_, more)) {
      request.target = encoded(line_, vocabularies_.target, reference_->place());
    }
    request.prefix.clear();
    if (prefix_ && read_beside(*prefix_, more)) request.prefix = producible(line_, *prefix_);
    if (more) mark(request, languages_);
    if (phrases_ && read_beside(*phrases_, more)) request.phrases = required_phrases();
    if (avoided_ && read_beside(*avoided_, more)) request.avoided = avoided_phrases();
    if (!more) return false;
    shorten_source_(prompts_ ? request.prompt : request.source, source_.place(), languages_.source_last ? 2 : 1);
    if (reference_) shorten_target_(request.target, reference_->place());
    return true;
  }

 private:
  struct Text {
    Text(const std::filesystem::path& path, bool standard_input) : reader(path), waits(standard_input) {}
    bool next(std::string& line) {
      if (waits) wait_for_standard_input();
      const bool more = reader.next(line);
      if (reader.carriage_returns() == 1 && !warned) {
        log::warn("{}: lines end in CR LF; the CR is left out", reader.name());
        warned = true;
      }
      return more;
    }
    std::string place() const { return fmt::format("line {} of {}", reader.line_number(), reader.name()); }

    LineReader reader;
    bool waits, warned = false;
  };

  /// Whether the line has a sentence that was not taken yet.
  bool has_sentence() const { return split_ && next_sentence_ < split_->sentences.size(); }

  /// Reads a line of the source; false at the end.
  bool read_line() {
    if (prompts()) std::cerr << "> " << std::flush;
    const bool more = source_.next(line_);
    if (prompts() && !more) std::cerr << '\n';
    split_ = more && splitter_ ? split_line(*splitter_, line_) : nullptr;
    next_sentence_ = 0;
    return more;
  }

  /// Makes the line, or its next sentence, the source of a request.
  void take_sentence(Request& request) {
    request.number = source_.reader.line_number() - 1;
    request.line = split_;
    request.source_text = line_;
    if (has_sentence()) {
      const auto [begin, end] = split_->sentences[next_sentence_++];
      request.source_text = split_->text.substr(begin, end - begin);
    }
    if (prompts_) {
      request.prompt = vocabularies_.source.encode(request.source_text, source_.place());
      if (print_prompts_) request.opening = request.source_text;
      return;
    }
    request.source = encoded(request.source_text, vocabularies_.source, source_.place());
    if (keep_texts_) request.texts = vocabularies_.source.spell(request.source_text);
  }

  /// Reads the line that belongs to the source's, or finds that both have ended. Returns whether there is one.
  bool read_beside(Text& text, bool more) {
    ROTOR_CHECK(text.next(line_) == more,
                "expected as many lines in {} as in {}, got {} in {}; give files whose lines belong together",
                text.reader.name(), source_.reader.name(), more ? "fewer" : "more", text.reader.name());
    return more;
  }

  /// The ids of a text, all of which the search may produce.
  TokenIds producible(const std::string& text, const Text& from) const {
    TokenIds ids = vocabularies_.target.encode(text, from.place());
    for (int32_t id : ids) {
      ROTOR_CHECK(words_.empty() || std::binary_search(words_.begin(), words_.end(), id),
                  "{}: expected pieces within --vocab-limit, got '{}'", from.place(), vocabularies_.target.piece(id));
    }
    return ids;
  }

  bool has_no_unknown(const TokenIds& ids) const {
    return std::count(ids.begin(), ids.end(), vocabularies_.target.specials().unk) == 0;
  }

  /// The phrases of the line.
  std::vector<std::string> phrases() const {
    std::vector<std::string> found;
    std::istringstream line(line_);
    for (std::string phrase; std::getline(line, phrase, '\t');) {
      if (!is_blank(phrase)) found.push_back(phrase);
    }
    return found;
  }

  std::vector<TokenIds> required_phrases() const {
    std::vector<TokenIds> required;
    for (const std::string& phrase : phrases()) {
      required.push_back(producible(phrase, *phrases_));
      const bool spelt = !required.back().empty() && has_no_unknown(required.back());
      ROTOR_CHECK(spelt, "{}: expected phrases that the vocabulary can spell, got '{}'", phrases_->place(), phrase);
    }
    return required;
  }

  /// The phrases to avoid. Phrases with unknown characters cannot be produced anyway, and are left out.
  std::vector<TokenIds> avoided_phrases() const {
    std::vector<TokenIds> avoided;
    for (const std::string& phrase : phrases()) {
      const TokenIds ids = vocabularies_.target.encode(phrase, avoided_->place());
      if (!ids.empty() && has_no_unknown(ids)) avoided.push_back(ids);
    }
    return avoided;
  }

  const Vocabularies vocabularies_;
  const bool keep_texts_, prompts_, print_prompts_;
  const std::vector<int32_t> words_;
  const LanguageMarks languages_;
  Text source_;
  std::optional<Text> reference_, prefix_, phrases_, avoided_;
  Shortener shorten_source_, shorten_target_;
  std::string line_;
  std::optional<SentenceSplitter> splitter_;
  std::shared_ptr<const SplitLine> split_;  ///< the line, if it is split and not blank
  size_t next_sentence_ = 0;
  int64_t total_ = 0;
};

class CorpusRequests : public Requests {
 public:
  CorpusRequests(const Corpus& corpus, const Vocabularies& vocabularies, const LengthLimits& limits,
                 const LanguageMarks& languages)
      : corpus_(corpus),
        source_(corpus.column("source")),
        target_(corpus.column("target")),
        vocabularies_(vocabularies),
        languages_(languages),
        shorten_source_(Shortener::of_sentences("source", limits.source, limits.refuse)) {}

  int64_t total() const override { return corpus_.size(); }

  bool next(Request& request) override {
    if (next_ == corpus_.size()) return false;
    request.number = next_++;
    request.source = with_end(source_.ids(request.number), vocabularies_.source);
    request.target = with_end(target_.ids(request.number), vocabularies_.target);
    request.source_text = source_.line(request.number, vocabularies_.source);
    request.target_text = target_.line(request.number, vocabularies_.target);
    request.prefix.clear();
    mark(request, languages_);
    shorten_source_(request.source, fmt::format("pair {} of {}", request.number, corpus_.path().string()),
                    languages_.source_last ? 2 : 1);
    return true;
  }

 private:
  const Corpus& corpus_;
  const CorpusColumn &source_, &target_;
  const Vocabularies vocabularies_;
  const LanguageMarks languages_;
  Shortener shorten_source_;
  int64_t next_ = 0;
};

}  // namespace

void mark(Request& request, const LanguageMarks& languages) {
  const auto& [source, target, source_last] = languages;
  if (source < 0) return;
  const int32_t there = source_last ? request.source.back() : request.source.front();
  if (!request.is_blank() && there != source) {
    request.source.insert(source_last ? request.source.end() : request.source.begin(), source);
    auto& texts = request.texts;  // of all tokens but the last
    if (!texts.empty()) texts.insert(source_last ? texts.end() : texts.begin(), "");
  }
  if (!request.target.empty() && request.target.front() != target)
    request.target.insert(request.target.begin(), target);
  request.prefix.insert(request.prefix.begin(), target);
  request.given = 1;
}

std::unique_ptr<Requests> text_requests(const TextFiles& files, const Vocabularies& vocabularies,
                                        const LengthLimits& limits) {
  return std::make_unique<TextRequests>(files, vocabularies, limits);
}

std::unique_ptr<Requests> corpus_requests(const Corpus& corpus, const Vocabularies& vocabularies,
                                          const LengthLimits& limits, const LanguageMarks& languages) {
  return std::make_unique<CorpusRequests>(corpus, vocabularies, limits, languages);
}

}  // namespace rotor

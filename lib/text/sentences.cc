#include "text/sentences.h"

#include <unicode/brkiter.h>
#include <unicode/filteredbrk.h>
#include <unicode/locid.h>
#include <unicode/utext.h>

#include <algorithm>

#include "base/check.h"
#include "text/unicode.h"

namespace rotor {
namespace {

/// Titles, which stand before a name: ICU's English list leaves out "Dr.", and many languages have no list.
constexpr const char16_t* kTitles[] = {u"Dr.", u"Mr.", u"Mrs.", u"Ms.", u"Prof.", u"St."};

void check(UErrorCode error, const char* action) {
  ROTOR_CHECK(U_SUCCESS(error), "cannot {}: ICU says {}; install ICU's data", action, u_errorName(error));
}

std::unique_ptr<icu::FilteredBreakIteratorBuilder> suppressions(const icu::Locale& locale) {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::FilteredBreakIteratorBuilder> builder(
      icu::FilteredBreakIteratorBuilder::createInstance(locale, error));
  if (U_SUCCESS(error)) return builder;
  error = U_ZERO_ERROR;  // no list of that language
  builder.reset(icu::FilteredBreakIteratorBuilder::createEmptyInstance(error));
  check(error, "list abbreviations");
  return builder;
}

std::unique_ptr<icu::BreakIterator> sentence_breaks(const icu::Locale& locale) {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::BreakIterator> breaks(icu::BreakIterator::createSentenceInstance(locale, error));
  check(error, "find sentences");
  const auto builder = suppressions(locale);
  for (const char16_t* title : kTitles) builder->suppressBreakAfter(title, error);
  breaks.reset(builder->wrapIteratorWithFilter(breaks.release(), error));
  check(error, "find sentences");
  return breaks;
}

/// A range without the white space at its ends.
SentenceRange trim(std::string_view utf8, SentenceRange range) {
  const auto blank_at = [&](size_t begin, size_t end) { return is_blank(utf8.substr(begin, end - begin)); };
  const auto next = [&](size_t at) {
    do ++at;
    while (at < range.end && (utf8[at] & 0xC0) == 0x80);
    return at;
  };
  const auto before = [&](size_t at) {
    do --at;
    while (at > range.begin && (utf8[at] & 0xC0) == 0x80);
    return at;
  };
  while (range.begin < range.end && blank_at(range.begin, next(range.begin))) range.begin = next(range.begin);
  while (range.begin < range.end && blank_at(before(range.end), range.end)) range.end = before(range.end);
  return range;
}

bool ends_wide(std::string_view text) {
  constexpr std::string_view kWide[] = {"。", "！", "？", "．", "｡"};
  return std::any_of(std::begin(kWide), std::end(kWide), [&](std::string_view stop) { return text.ends_with(stop); });
}

/// The part of the white space between two sentences that is kept between their translations.
std::string gap(std::string_view space, std::string_view translation) {
  constexpr std::string_view kLineBreaks[] = {"\n", "\r", "\u2028", "\u2029", "\u0085"};
  const bool breaks_line = std::any_of(std::begin(kLineBreaks), std::end(kLineBreaks),
                                       [&](std::string_view end) { return space.find(end) != space.npos; });
  if (breaks_line) return std::string(space);
  return ends_wide(translation) || translation.empty() ? "" : " ";
}

}  // namespace

struct SentenceSplitter::Breaks {
  std::unique_ptr<icu::BreakIterator> iterator;
};

SentenceSplitter::SentenceSplitter(const std::string& language)
    : breaks_(new Breaks{sentence_breaks(language.empty() ? icu::Locale::getRoot()
                                                          : icu::Locale::createCanonical(language.c_str()))}) {}

SentenceSplitter::~SentenceSplitter() = default;
SentenceSplitter::SentenceSplitter(SentenceSplitter&&) noexcept = default;

std::vector<SentenceRange> SentenceSplitter::split(std::string_view utf8) const {
  UErrorCode error = U_ZERO_ERROR;
  icu::LocalUTextPointer text(utext_openUTF8(nullptr, utf8.data(), static_cast<int64_t>(utf8.size()), &error));
  const std::unique_ptr<icu::BreakIterator> breaks(breaks_->iterator->clone());
  breaks->setText(text.getAlias(), error);
  check(error, "read a text");
  std::vector<SentenceRange> sentences;
  size_t begin = 0;
  for (int32_t at = breaks->next(); at != icu::BreakIterator::DONE; at = breaks->next()) {
    const SentenceRange sentence = trim(utf8, {begin, static_cast<size_t>(at)});
    if (sentence.begin < sentence.end) sentences.push_back(sentence);
    begin = static_cast<size_t>(at);
  }
  return sentences;
}

std::string join_sentences(std::string_view text, std::span<const SentenceRange> sentences,
                           std::span<const std::string> translations) {
  std::string all;
  for (size_t i = 0; i < sentences.size(); ++i) {
    if (i > 0) {
      const size_t end = sentences[i - 1].end;
      all += gap(text.substr(end, sentences[i].begin - end), translations[i - 1]);
    }
    all += translations[i];
  }
  return all;
}

}  // namespace rotor

#include "text/bpe_codes.h"

#include <algorithm>
#include <functional>
#include <queue>

#include "base/check.h"
#include "text/unicode.h"

namespace rotor {
namespace {

constexpr std::string_view kVersion = "#version:";
constexpr std::string_view kEnd = "</w>";

/// Takes the first line off a text, without its end.
std::string_view take_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
  return line;
}

/// The symbols of a word: parts of its text, each known by the place where it begins, in a list in their order.
class Symbols {
 public:
  /// The symbols end at these places of the text.
  Symbols(std::string text, const std::vector<size_t>& ends, const BpeCodes::Ranks& ranks)
      : ranks_(ranks), text_(std::move(text)), end_(text_.size() + 1), before_(text_.size() + 1) {
    size_t begin = 0;
    for (const size_t end : ends) {
      end_[begin] = end;
      before_[end] = begin;
      begin = end;
    }
    for (begin = 0; begin < text_.size(); begin = end_[begin]) offer(begin);
  }

  /// Merges all pairs of the lowest rank, from the left, then those of the lowest rank that are there now, and so on.
  void merge() {
    std::vector<Pair> equal;
    while (!pairs_.empty()) {
      for (equal.clear(); !pairs_.empty() && (equal.empty() || pairs_.top().rank == equal[0].rank); pairs_.pop()) {
        equal.push_back(pairs_.top());
      }
      for (const Pair& pair : equal) {
        if (is_there(pair)) join(pair);
      }
    }
  }

  std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (size_t begin = 0; begin < text_.size(); begin = end_[begin]) all.push_back(text(begin));
    return all;
  }

 private:
  /// Two neighbours that have a rank.
  struct Pair {
    int64_t rank;
    size_t first, second, end;
    auto operator<=>(const Pair&) const = default;
  };

  std::string text(size_t begin) const { return text_.substr(begin, end_[begin] - begin); }

  /// Queues a symbol and the next, if they are to be merged.
  void offer(size_t first) {
    const size_t second = end_[first];
    if (second == text_.size()) return;
    const auto rank = ranks_.find(text(first) + ' ' + text(second));
    if (rank != ranks_.end()) pairs_.push({rank->second, first, second, end_[second]});
  }

  /// Whether neither symbol was merged since they were queued.
  bool is_there(const Pair& pair) const { return end_[pair.first] == pair.second && end_[pair.second] == pair.end; }

  void join(const Pair& pair) {
    end_[pair.first] = pair.end;
    end_[pair.second] = 0;
    before_[pair.end] = pair.first;
    offer(pair.first);
    if (pair.first > 0) offer(before_[pair.first]);
  }

  const BpeCodes::Ranks& ranks_;
  const std::string text_;
  std::vector<size_t> end_;     ///< where the symbol ends that begins at a place; 0: none does
  std::vector<size_t> before_;  ///< where the symbol begins that ends at a place
  std::priority_queue<Pair, std::vector<Pair>, std::greater<>> pairs_;
};

}  // namespace

BpeCodes::BpeCodes(std::string_view text, const std::string& origin) {
  int64_t number = 0;
  if (text.starts_with(kVersion)) {
    const std::string_view version = take_line(text).substr(kVersion.size());
    ROTOR_CHECK(version == " 0.1" || version == " 0.2", "{}: expected subword-nmt's version 0.1 or 0.2, got \"{}\"",
                origin, version);
    end_stands_alone_ = version == " 0.1";
    ++number;
  } else {
    std::string_view rest = text;
    const std::string_view first = take_line(rest);
    end_stands_alone_ = !first.empty() && std::count(first.begin(), first.end(), ' ') == 1;
  }
  while (!text.empty()) add(take_line(text), ++number, origin);
}

void BpeCodes::add(std::string_view line, int64_t number, const std::string& origin) {
  const size_t left = line.find(' ');
  const size_t right = left == line.npos ? left : line.find(' ', left + 1);
  const std::string_view count = right == line.npos ? "" : line.substr(right + 1);
  const bool counts = std::all_of(count.begin(), count.end(), [](char c) { return c >= '0' && c <= '9'; });
  ROTOR_CHECK(left != line.npos && left > 0 && left + 1 < std::min(right, line.size()) && counts,
              "{}: expected merges of two symbols as subword-nmt and fastBPE learn them, got \"{:.60}\" in line {}",
              origin, line, number);
  ranks_.emplace(line.substr(0, right), std::ssize(ranks_));  // the first counts if a merge is there twice
}

std::vector<std::string> BpeCodes::cut(std::string_view word) const {
  std::string text;
  std::vector<size_t> ends;
  for (const char32_t letter : code_points(word)) {
    text += to_utf8({&letter, 1});
    ends.push_back(text.size());
  }
  if (ranks_.empty() || ends.size() < 2) return {std::string(word)};
  text += kEnd;
  if (end_stands_alone_) {
    ends.push_back(text.size());
  } else {
    ends.back() = text.size();
  }
  Symbols symbols(std::move(text), ends, ranks_);
  symbols.merge();
  std::vector<std::string> parts = symbols.texts();
  parts.back().resize(parts.back().size() - kEnd.size());
  if (parts.back().empty()) parts.pop_back();
  return parts;
}

}  // namespace rotor

#include "search/streaming.h"

#include <algorithm>
#include <string_view>

#include "base/check.h"

namespace rotor {
namespace {

/// The text without a sign that has begun at its end and that a detokenizer reads once it is whole: "&quot;", "@-@".
std::string_view without_open_sign(std::string_view text) {
  constexpr std::string_view kSigns[] = {"&quot;", "&apos;", "&amp;", "&lt;",  "&gt;",  "&#124;",
                                         "&#91;",  "&#93;",  "&bar;", "&bra;", "&ket;", " @-@"};
  size_t open = 0;
  for (const std::string_view sign : kSigns) {
    for (size_t length = sign.front() == ' ' ? 2 : 1; length < sign.size(); ++length) {
      if (text.ends_with(sign.substr(0, length))) open = std::max(open, length);
    }
  }
  return text.substr(0, text.size() - open);
}

/// The text without what may change at its end when more tokens come.
std::string_view settled(std::string_view text) {
  constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD, for bytes that are no character yet
  while (text.ends_with(kReplacement)) text.remove_suffix(kReplacement.size());
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  size_t begin = text.size();  // of the last character
  while (begin > 0 && text.size() - begin < 3 && continues(text[begin - 1])) --begin;
  if (begin == 0) return without_open_sign(text);
  const auto lead = static_cast<unsigned char>(text[begin - 1]);
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return text.size() - (begin - 1) < length ? text.substr(0, begin - 1) : without_open_sign(text);
}

}  // namespace

int64_t ToldSteps::begin(std::span<const SearchInput> inputs) {
  ROTOR_CHECK(inputs.size() == 1, "expected one input to stream, got {}", inputs.size());
  model_.want_attention(wants_attention());
  const int64_t read = model_.begin(inputs);
  given_ = std::ssize(inputs[0].prompt) + 1 - read;
  return read;
}

void ToldSteps::step(std::span<const int32_t> tokens, std::span<const int64_t> parents) {
  if (given_ > 0) {
    --given_;
  } else {
    tell_(tokens[0]);
  }
  model_.step(tokens, parents);
}

void GrowingText::show(const std::string& text) {
  const std::string_view all = settled(text);
  if (!all.starts_with(written_) || all.size() == written_.size()) return;
  out_ << all.substr(written_.size()) << std::flush;
  written_ = all;
}

void GrowingText::finish(const std::string& text) {
  if (text.starts_with(written_)) {
    out_ << std::string_view(text).substr(written_.size());
  } else {
    out_ << '\n' << text;
  }
}

}  // namespace rotor

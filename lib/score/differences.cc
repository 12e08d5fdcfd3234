#include "score/differences.h"

#include "score/tokenizers.h"

namespace rotor {
namespace {

using TokenList = std::vector<std::string_view>;

/// For each token of both texts, whether it is outside their longest common subsequence.
struct Outside {
  std::vector<bool> first, second;
};

Outside outside_common(const TokenList& a, const TokenList& b) {
  const size_t columns = b.size() + 1;
  std::vector<uint32_t> longest((a.size() + 1) * columns);  // of what begins at tokens i and k
  const auto at = [&](size_t i, size_t k) -> uint32_t& { return longest[i * columns + k]; };
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t k = b.size(); k-- > 0;) {
      at(i, k) = a[i] == b[k] ? at(i + 1, k + 1) + 1 : std::max(at(i + 1, k), at(i, k + 1));
    }
  }
  Outside outside{std::vector<bool>(a.size(), true), std::vector<bool>(b.size(), true)};
  for (size_t i = 0, k = 0; i < a.size() && k < b.size();) {
    if (a[i] == b[k]) {
      outside.first[i++] = outside.second[k++] = false;
    } else if (at(i + 1, k) >= at(i, k + 1)) {
      ++i;
    } else {
      ++k;
    }
  }
  return outside;
}

/// The text that the tokens point into, cut where marked tokens begin and end; space between two marked ones is marked.
std::vector<Piece> cut(const char* begin, const char* end, const TokenList& tokens, const std::vector<bool>& marked) {
  std::vector<Piece> pieces;
  const auto add = [&pieces](const char* from, const char* to, bool differs) {
    if (from == to) return;
    if (pieces.empty() || pieces.back().differs != differs) pieces.push_back({{}, differs});
    pieces.back().text.append(from, to);
  };
  const char* done = begin;
  for (size_t i = 0; i < tokens.size(); ++i) {
    add(done, tokens[i].data(), i > 0 && marked[i - 1] && marked[i]);
    done = tokens[i].data() + tokens[i].size();
    add(tokens[i].data(), done, marked[i]);
  }
  add(done, end, false);
  return pieces;
}

std::vector<Piece> cut(std::string_view segment, const Tokens& tokens, const std::vector<bool>& marked) {
  const bool rewritten = !tokens.text.empty();
  const std::string_view text = rewritten ? std::string_view(tokens.text) : segment;
  return cut(text.data(), text.data() + text.size(), tokens.list, marked);
}

}  // namespace

Differences differences(std::string_view hypothesis, std::string_view reference) {
  Tokens ours, theirs;
  tokenize_13a(hypothesis, ours);
  tokenize_13a(reference, theirs);
  const Outside outside = outside_common(ours.list, theirs.list);
  return {cut(hypothesis, ours, outside.first), cut(reference, theirs, outside.second)};
}

std::string bracketed(const std::vector<Piece>& pieces) {
  std::string text;
  for (const Piece& piece : pieces) text += piece.differs ? '[' + piece.text + ']' : piece.text;
  return text;
}

}  // namespace rotor

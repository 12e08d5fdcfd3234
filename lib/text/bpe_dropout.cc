#include "text/bpe_dropout.h"

#include <queue>

#include "base/check.h"

namespace rotor {
namespace {

std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> all;
  for (const char byte : text) {
    constexpr unsigned kContinues = 0x80, kMask = 0xc0;
    if (all.empty() || (static_cast<unsigned char>(byte) & kMask) != kContinues) all.emplace_back();
    all.back() += byte;
  }
  return all;
}

/// Two neighbours that may be merged. The best comes first: the highest rank, then the leftmost.
struct Candidate {
  float rank;
  size_t left, right, size;  ///< symbols, and the bytes of both when they were neighbours

  bool operator<(const Candidate& other) const { return rank != other.rank ? rank < other.rank : left > other.left; }
};

}  // namespace

BpeDropout::BpeDropout(const Vocabulary& vocabulary) : vocabulary_(vocabulary), splits_(vocabulary.size()) {
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    if (vocabulary.specials().contains(id)) continue;
    pieces_.emplace(vocabulary.piece(id), Piece{id, vocabulary.score(id)});
  }
  Random none(0);
  int64_t merged = 0;
  for (const auto& [text, piece] : pieces_) {
    splits_[piece.id] = merge(characters(text), 0, none) == std::vector{piece.id};
    merged += splits_[piece.id] ? 1 : 0;
  }
  constexpr double kMost = 0.9;
  ROTOR_CHECK(static_cast<double>(merged) >= kMost * static_cast<double>(pieces_.size()),
              "--bpe-dropout needs a vocabulary of BPE; of {} pieces merges lead to {} only", pieces_.size(), merged);
}

std::vector<int32_t> BpeDropout::operator()(std::span<const int32_t> ids, double rate, Random& random) const {
  std::vector<int32_t> result;
  std::vector<std::string> symbols;  // since the last id that stays
  const auto flush = [&] {
    const auto merged = merge(std::move(symbols), rate, random);
    result.insert(result.end(), merged.begin(), merged.end());
    symbols.clear();
  };
  for (const int32_t id : ids) {
    if (splits_.at(id)) {
      for (std::string& character : characters(vocabulary_.piece(id))) symbols.push_back(std::move(character));
    } else {
      flush();
      result.push_back(id);
    }
  }
  flush();
  return result;
}

/// Merges neighbours in place: a merged symbol stands at the left one's index, and the right one is empty.
std::vector<int32_t> BpeDropout::merge(std::vector<std::string> symbols, double rate, Random& random) const {
  const size_t count = symbols.size();
  std::vector<size_t> before(count), after(count);
  for (size_t i = 0; i < count; ++i) {
    before[i] = i - 1;  // of the first: beyond the end
    after[i] = i + 1;
  }
  std::priority_queue<Candidate> open;
  const auto consider = [&](size_t left, size_t right) {
    if (left >= count || right >= count) return;
    const auto found = pieces_.find(symbols[left] + symbols[right]);
    if (found == pieces_.end()) return;
    open.push({found->second.rank, left, right, symbols[left].size() + symbols[right].size()});
  };
  for (size_t i = 0; i + 1 < count; ++i) consider(i, i + 1);
  while (!open.empty()) {
    const auto [rank, left, right, size] = open.top();
    open.pop();
    const bool there = !symbols[left].empty() && !symbols[right].empty() &&
                       symbols[left].size() + symbols[right].size() == size && after[left] == right;
    if (!there || (rate > 0 && random.uniform() < rate)) continue;
    symbols[left] += symbols[right];
    symbols[right].clear();
    after[left] = after[right];
    if (after[left] < count) before[after[left]] = left;
    consider(before[left], left);
    consider(left, after[left]);
  }
  std::vector<int32_t> ids;
  for (const std::string& symbol : symbols) {
    if (symbol.empty()) continue;
    const auto found = pieces_.find(symbol);
    ids.push_back(found == pieces_.end() ? vocabulary_.specials().unk : found->second.id);
  }
  return ids;
}

}  // namespace rotor

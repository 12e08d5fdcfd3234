#include "data/cleaning.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "base/in_order.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/signals.h"
#include "text/unicode.h"

namespace rotor {
namespace {

constexpr int64_t kBlock = 512;  // rows

/// A set of 64-bit hashes: open addressing, at most four fifths full.
class HashSet {
 public:
  /// Whether the hash was not among them yet.
  bool insert(uint64_t hash) {
    if ((size_ + 1) * 5 > slots_.size() * 4) grow();
    const bool added = place(hash);
    size_ += added;
    return added;
  }

 private:
  bool place(uint64_t hash) {
    if (hash == kEmpty) hash = 1;
    // The upper bits choose the slot, in proportion.
    auto slot = static_cast<size_t>((static_cast<unsigned __int128>(hash) * slots_.size()) >> 64);
    for (; slots_[slot] != kEmpty; slot = slot + 1 == slots_.size() ? 0 : slot + 1) {
      if (slots_[slot] == hash) return false;
    }
    slots_[slot] = hash;
    return true;
  }

  void grow() {
    std::vector<uint64_t> before(slots_.empty() ? 1024 : 2 * slots_.size(), kEmpty);
    before.swap(slots_);
    for (uint64_t hash : before) {
      if (hash != kEmpty) place(hash);
    }
  }

  static constexpr uint64_t kEmpty = 0;
  std::vector<uint64_t> slots_;
  size_t size_ = 0;
};

/// Rows on their way through the threads.
struct Block {
  int64_t size = 0;
  std::vector<std::vector<std::string>> rows = std::vector<std::vector<std::string>>(kBlock);
  std::vector<Fault> faults;
  std::vector<bool> blank;
  std::vector<uint64_t> hashes;
};

bool any_blank(const std::vector<std::string>& lines) {
  return std::any_of(lines.begin(), lines.end(), [](const std::string& line) { return is_blank(line); });
}

uint64_t hash_of(const std::vector<std::string>& lines) {
  uint64_t hash = 0;
  for (const std::string& line : lines) hash = derive(hash, line);
  return hash;
}

}  // namespace

const char* name(Fault fault) {
  constexpr const char* kNames[] = {"none", "blank", "identical", "script", "duplicate", "length", "ratio"};
  return kNames[static_cast<size_t>(fault)];
}

const std::vector<Fault>& faults() {
  static const std::vector<Fault> all = {Fault::kBlank,     Fault::kIdentical, Fault::kScript,
                                         Fault::kDuplicate, Fault::kLength,    Fault::kRatio};
  return all;
}

FaultCounts& FaultCounts::operator+=(const FaultCounts& other) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  return *this;
}

int64_t FaultCounts::dropped() const {
  return std::accumulate(counts_.begin() + 1, counts_.end(), int64_t{0});
}

std::string FaultCounts::text() const {
  std::vector<std::string> parts;
  for (const Fault fault : rotor::faults()) {
    if (of(fault) > 0) parts.push_back(fmt::format("{} {}", of(fault), name(fault)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

Fault CleaningRules::judge(const std::vector<std::string>& lines) const {
  if (any_blank(lines)) return keep_blank ? Fault::kNone : Fault::kBlank;
  const auto equal = [&](const std::string& line) { return line == lines.front(); };
  if (identical && std::all_of(lines.begin(), lines.end(), equal)) return Fault::kIdentical;
  for (size_t i = 0; min_script > 0 && i < lines.size(); ++i) {
    if (scripts.at(i).share(lines[i]) < min_script) return Fault::kScript;
  }
  return Fault::kNone;
}

Survey survey(ParallelReader reader, const CleaningRules& rules, int64_t workers) {
  Survey result;
  HashSet seen;
  Progress progress(0);
  const auto read = [&](Block& block) {
    if (const int number = signal_received()) throw Interrupted(number);
    for (block.size = 0; block.size < kBlock; ++block.size) {
      if (!reader.next(block.rows[block.size])) break;
    }
    return block.size > 0;
  };
  const auto judge = [&](Block& block) {
    block.faults.resize(block.size);
    block.blank.resize(block.size);
    block.hashes.resize(block.size);
    for (int64_t i = 0; i < block.size; ++i) {
      block.faults[i] = rules.judge(block.rows[i]);
      block.blank[i] = rules.keep_blank && any_blank(block.rows[i]);
      if (rules.duplicates) block.hashes[i] = hash_of(block.rows[i]);
    }
  };
  const auto keep = [&](Block& block) {
    for (int64_t i = 0; i < block.size; ++i) {
      Fault fault = block.faults[i];
      const bool counts = rules.duplicates && fault == Fault::kNone && !block.blank[i];
      if (counts && !seen.insert(block.hashes[i])) fault = Fault::kDuplicate;
      result.blank += block.blank[i] ? 1 : 0;
      result.faults.add(fault);
      result.kept.push_back(fault == Fault::kNone);
    }
    progress.update(std::ssize(result.kept), fmt::format("{} lines read", result.kept.size()));
  };
  InOrder<Block>(read, judge, keep).run(workers);
  result.lines = reader.lines();
  result.with_carriage_returns = reader.with_carriage_returns();
  return result;
}

}  // namespace rotor

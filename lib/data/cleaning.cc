#include "data/cleaning.h"

#include <fmt/ranges.h>

#include <numeric>

#include "base/in_order.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/signals.h"
#include "text/unicode.h"

namespace rotor {
namespace {

constexpr int64_t kBlock = 512;  // pairs

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

/// Pairs on their way through the threads.
struct Block {
  int64_t size = 0;
  std::vector<std::string> sources = std::vector<std::string>(kBlock), targets = sources;
  std::vector<Fault> faults;
  std::vector<uint64_t> hashes;
};

uint64_t hash_of(const std::string& source, const std::string& target) {
  return derive(derive(0, source), target);
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

Fault CleaningRules::judge(const std::string& source_line, const std::string& target_line) const {
  if (is_blank(source_line) || is_blank(target_line)) return Fault::kBlank;
  if (identical && source_line == target_line) return Fault::kIdentical;
  const bool foreign =
      min_script > 0 && (source->share(source_line) < min_script || target->share(target_line) < min_script);
  return foreign ? Fault::kScript : Fault::kNone;
}

Survey survey(const std::vector<TextPair>& files, const CleaningRules& rules, int64_t workers) {
  Survey result;
  ParallelReader reader(files);
  HashSet seen;
  Progress progress(0);
  const auto read = [&](Block& block) {
    if (const int number = signal_received()) throw Interrupted(number);
    for (block.size = 0; block.size < kBlock; ++block.size) {
      if (!reader.next(block.sources[block.size], block.targets[block.size])) break;
    }
    return block.size > 0;
  };
  const auto judge = [&](Block& block) {
    block.faults.resize(block.size);
    block.hashes.resize(block.size);
    for (int64_t i = 0; i < block.size; ++i) {
      block.faults[i] = rules.judge(block.sources[i], block.targets[i]);
      if (rules.duplicates) block.hashes[i] = hash_of(block.sources[i], block.targets[i]);
    }
  };
  const auto keep = [&](Block& block) {
    for (int64_t i = 0; i < block.size; ++i) {
      Fault fault = block.faults[i];
      if (rules.duplicates && fault == Fault::kNone && !seen.insert(block.hashes[i])) fault = Fault::kDuplicate;
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

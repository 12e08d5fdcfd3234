#include "data/binarise.h"

#include <algorithm>

#include "base/in_order.h"
#include "base/progress.h"
#include "base/signals.h"

namespace rotor {
namespace {

constexpr int64_t kBlock = 256;  // pairs

/// Pairs on their way through the threads.
struct Block {
  int64_t size = 0;
  std::vector<std::string> sources = std::vector<std::string>(kBlock), targets = sources;
  std::vector<std::vector<int32_t>> source_ids = std::vector<std::vector<int32_t>>(kBlock), target_ids = source_ids;
};

/// Counts and digests what is written of a side.
class SideTally {
 public:
  explicit SideTally(const Vocabulary& vocabulary) : unknown_(vocabulary.specials().unk) {}

  void add(const std::string& line, const std::vector<int32_t>& ids) {
    side_.tokens += std::ssize(ids);
    side_.unknown += std::count(ids.begin(), ids.end(), unknown_);
    digest_.add(line);
    digest_.add("\n");
  }
  BinarisedSide finish() {
    side_.sha256 = digest_.hex();
    return side_;
  }

 private:
  int32_t unknown_;
  BinarisedSide side_;
  Sha256 digest_;
};

}  // namespace

Fault LengthRules::judge(size_t source, size_t target) const {
  if (source == 0 || target == 0) return Fault::kBlank;
  const auto [shorter, longer] = std::minmax({static_cast<double>(source), static_cast<double>(target)});
  if (max_length > 0 && longer > static_cast<double>(max_length)) return Fault::kLength;
  return max_ratio > 0 && longer > max_ratio * shorter ? Fault::kRatio : Fault::kNone;
}

Binarised binarise(const std::vector<TextPair>& files, const std::vector<bool>& kept, const LengthRules& rules,
                   const Vocabularies& vocabularies, CorpusWriter& writer, int64_t workers) {
  Binarised result;
  ParallelReader reader(files);
  SideTally source(vocabularies.source), target(vocabularies.target);
  Progress progress(std::ssize(kept));
  int64_t line = 0;
  const auto read = [&](Block& block) {
    if (const int number = signal_received()) throw Interrupted(number);
    block.size = 0;
    while (block.size < kBlock && reader.next(block.sources[block.size], block.targets[block.size])) {
      ROTOR_CHECK(line < std::ssize(kept),
                  "expected {} lines as before in {}, got more; leave the files alone meanwhile", kept.size(),
                  files[0].source.string());
      block.size += kept[line++];
    }
    progress.update(line, fmt::format("{} lines encoded", line));
    return block.size > 0;
  };
  const auto encode = [&](Block& block) {
    for (int64_t i = 0; i < block.size; ++i) {
      block.source_ids[i] = vocabularies.source.encode(block.sources[i]);
      block.target_ids[i] = vocabularies.target.encode(block.targets[i]);
    }
  };
  const auto write = [&](Block& block) {
    for (int64_t i = 0; i < block.size; ++i) {
      const std::vector<int32_t>&source_ids = block.source_ids[i], &target_ids = block.target_ids[i];
      if (const Fault fault = rules.judge(source_ids.size(), target_ids.size()); fault != Fault::kNone) {
        result.faults.add(fault);
        continue;
      }
      writer.add({source_ids, target_ids}, {block.sources[i], block.targets[i]});
      source.add(block.sources[i], source_ids);
      target.add(block.targets[i], target_ids);
      ++result.pairs;
    }
  };
  InOrder<Block>(read, encode, write).run(workers);
  result.source = source.finish();
  result.target = target.finish();
  return result;
}

}  // namespace rotor

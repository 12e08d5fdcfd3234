#include "data/evaluation_blocks.h"

#include <algorithm>

#include "base/check.h"

namespace rotor {

namespace {

void check(const EvaluationOptions& options) {
  ROTOR_CHECK(options.context_window >= 0 && options.context_window < options.tokens_per_sample,
              "expected --context-window from 0 to below --tokens-per-sample, {}, got {}; lower it, or raise "
              "--tokens-per-sample",
              options.tokens_per_sample, options.context_window);
  const bool bounded = break_mode(options.sample_break_mode) != BreakMode::kEos;
  ROTOR_CHECK(!bounded || options.tokens_per_sample <= options.max_target_positions,
              "expected --tokens-per-sample of at most {}, the positions that the model serves, got {}; lower it",
              options.max_target_positions, options.tokens_per_sample);
}

}  // namespace

EvaluationBlocks::EvaluationBlocks(Corpus corpus, const EvaluationOptions& options)
    : corpus_(std::move(corpus)), text_(corpus_.column("text")), options_(options) {
  check(options);
  blocks_ = cut_blocks(corpus_, text_, break_mode(options.sample_break_mode),
                       options.tokens_per_sample - options.context_window);
  ROTOR_CHECK(!blocks_.empty(), "{}: expected lines that are not empty, got none", corpus_.path().string());
  skipped_ = static_cast<int64_t>(
      std::erase_if(blocks_, [&](const TokenBlock& block) { return block.size() > options.max_target_positions; }));
  ROTOR_CHECK(!blocks_.empty(),
              "{}: expected lines of at most {} tokens, the positions that the model serves, got none",
              corpus_.path().string(), options.max_target_positions);
  int64_t before = 0;
  for (int64_t i = 0; i < blocks(); ++i) {
    context_.push_back(context_of(i, before));
    before += blocks_[i].size();
  }
  cut_batches();
}

/// The length of a block's context, with so many tokens in the blocks before.
int64_t EvaluationBlocks::context_of(int64_t block, int64_t before) const {
  const int64_t most = std::min(options_.tokens_per_sample, options_.max_target_positions);
  const int64_t room = std::max<int64_t>(most - blocks_[block].size(), 0);
  return std::min({options_.context_window, before, room});
}

void EvaluationBlocks::cut_batches() {
  int64_t begin = 0, longest = 0;
  for (int64_t i = 0; i < blocks(); ++i) {
    const int64_t length = context_[i] + blocks_[i].size(), rows = i - begin + 1;
    longest = std::max(longest, length);
    const bool full = rows * longest > options_.max_tokens || (options_.batch_size > 0 && rows > options_.batch_size);
    if (!full || i == begin) continue;
    ends_.push_back(i);
    begin = i;
    longest = length;
  }
  ends_.push_back(blocks());
}

EvaluationBatch EvaluationBlocks::operator[](int64_t k) const {
  EvaluationBatch result;
  std::vector<std::vector<int32_t>> inputs, targets;
  for (int64_t i = k == 0 ? 0 : ends_[k - 1]; i < ends_[k]; ++i) {
    result.batch.sentences.push_back(i);
    result.context.push_back(context_[i]);
    result.places.push_back(blocks_[i].begin);
    result.batch.target_tokens += context_[i] + blocks_[i].size();
    add(i, inputs, targets);
  }
  const int32_t pad = text_.info().specials.pad;
  result.batch.decoder_input = TokenBatch::of(inputs, pad);
  result.batch.target = TokenBatch::of(targets, pad);
  return result;
}

void EvaluationBlocks::add(int64_t block, std::vector<std::vector<int32_t>>& inputs,
                           std::vector<std::vector<int32_t>>& targets) const {
  std::vector<TokenBlock> parts = {blocks_[block]};  // from the last to the first
  for (int64_t left = context_[block], i = block; left > 0; left -= parts.back().size()) {
    const TokenBlock before = blocks_[--i];
    parts.push_back({std::max(before.begin, before.end - left), before.end});
  }
  auto &input = inputs.emplace_back(), &target = targets.emplace_back();
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    const std::vector<int32_t> from = read_inputs(text_, *part), to = read_block(text_, *part);
    input.insert(input.end(), from.begin(), from.end());
    target.insert(target.end(), to.begin(), to.end());
  }
}

int64_t EvaluationBlocks::targets() const {
  int64_t total = 0;
  for (const TokenBlock& block : blocks_) total += block.size();
  return total;
}

int64_t EvaluationBlocks::document(int64_t token) const {
  const auto ends = corpus_.document_ends();
  const auto ends_by = [&](uint64_t row) { return text_.begin(static_cast<int64_t>(row)) <= token; };
  return std::partition_point(ends.begin(), ends.end(), ends_by) - ends.begin();
}

}  // namespace rotor

#include "attention/key_value_cache.h"

#include <algorithm>

#include "autograd/elementwise.h"
#include "kernel/cached_blocks.h"
#include "kernel/heads.h"
#include "kernel/rows.h"

namespace rotor {
namespace {

constexpr int64_t kSideBySide = 8;

}  // namespace

void KeyValueCache::absorb(const Variable& k, const Variable& v, Range at, const Packing& packing) {
  ROTOR_CHECK(!recording(), "keys can be cached only without gradients: decode under NoGrad");
  ROTOR_CHECK(length_ == 0 || k.size(0) == rows_, "expected keys of {} rows, got {}", rows_, k.shape().str());
  const Block block{kernel_.position().on_keys(kernel_.split(k, packing), at).value(),
                    kernel_.position().on_values(kernel_.split(v, packing), at).value()};
  const int64_t released = release_unseen(at.begin);
  blocks_.push_back(block.keys.size(2) == 1 ? beside_earlier(block) : block);
  rows_ = blocks_.back().keys.size(0);
  move_on(released, blocks_.back().keys.size(2));
}

KeyValueCache::Block KeyValueCache::beside_earlier(const Block& step) {
  const int64_t rows = step.keys.size(0);
  if (left_ == 0 || room_.keys.size(0) < rows) {
    const auto room = [&](const Tensor& x) { return heads_tensor(rows, x.size(1), kSideBySide, x.size(3)); };
    room_ = {room(step.keys), room(step.values)};
    left_ = kSideBySide;
  }
  const auto copied = [&](const Tensor& from, const Tensor& room) {
    const Tensor to = room.narrow(0, 0, rows).narrow(2, kSideBySide - left_, 1);
    to.copy_from(from);
    return to;
  };
  const Block copy{copied(step.keys, room_.keys), copied(step.values, room_.values)};
  --left_;
  return copy;
}

int64_t KeyValueCache::release_unseen(int64_t next) {
  int64_t released = 0;
  while (kernel_.window() > 0 && !blocks_.empty()) {
    const int64_t size = blocks_.front().keys.size(2);
    if (first_ + released + size > next - kernel_.window() + 1) break;
    blocks_.pop_front();
    released += size;
  }
  return released;
}

void KeyValueCache::move_on(int64_t released, int64_t added) {
  const int64_t kept = length_ - released;
  std::vector<int32_t> origins(rows_ * (kept + added));
  for (int64_t r = 0; r < rows_; ++r) {
    int32_t* to = origins.data() + r * (kept + added);
    std::copy_n(origins_.data() + r * length_ + released, kept, to);
    std::fill_n(to + kept, added, static_cast<int32_t>(r));
  }
  origins_ = std::move(origins);
  first_ += released;
  length_ = kept + added;
}

void KeyValueCache::select(std::span<const int64_t> rows) {
  if (length_ == 0) return;
  std::vector<int32_t> origins(rows.size() * length_);
  for (size_t r = 0; r < rows.size(); ++r) {
    std::copy_n(origins_.data() + rows[r] * length_, length_, origins.data() + r * length_);
  }
  origins_ = std::move(origins);
  rows_ = std::ssize(rows);
  reordered_ = true;
}

Variable KeyValueCache::attend(const Variable& q, Range at, const AttentionMask& mask, const Packing& packing) const {
  const Variable queries = kernel_.queries(q, at, packing);
  const bool is_step = queries.size(2) == 1 && mask.key_lengths.empty() && at.end() == first_ + length_;
  const Variable context = is_step
                               ? Variable(attend_step(queries, at))
                               : kernel_.attend(queries, whole(&Block::keys), whole(&Block::values), at, mask, first_);
  return merge_heads(context);
}

Tensor KeyValueCache::attend_step(const Variable& queries, Range at) const {
  const PositionEncoding& position = kernel_.position();
  const Tensor& q = queries.value();
  const int64_t begin = kernel_.window() == 0 ? 0 : std::max<int64_t>(0, length_ - kernel_.window());
  const std::vector<CachedPosition> all = positions();
  const CachedKeys seen{all, origins_, kernel_.heads().keys, begin};
  const Touches touches = position.touches();
  if (!touches.scores) return step_attention(q, seen);
  const Range keys{first_ + begin, length_ - begin};
  Variable k;
  if (touches.reads_keys) {
    k = repeat_heads(whole(&Block::keys).narrow(2, begin, keys.size), kernel_.heads().group());
  }
  const Variable scores = position.on_scores(step_scores(q, seen), queries, k, at, keys);
  const Tensor weights = masked_softmax(scores.value().contiguous(), {});
  const Tensor context = step_context(weights, kernel_.heads().width, seen);
  return position.on_context(context, weights, at, keys).value();
}

Tensor KeyValueCache::whole(Tensor Block::*part) const {
  if (blocks_.size() == 1 && !reordered_) return blocks_[0].*part;
  std::vector<Tensor> parts;
  for (const Block& block : blocks_) parts.push_back(block.*part);
  return gather_blocks(parts, origins_, rows_);
}

std::vector<CachedPosition> KeyValueCache::positions() const {
  std::vector<CachedPosition> positions;
  positions.reserve(length_);
  for (const Block& block : blocks_) add_positions(block.keys, block.values, positions);
  return positions;
}

}  // namespace rotor

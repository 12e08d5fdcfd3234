#include "attention/state.h"

#include <cstring>

#include "autograd/elementwise.h"
#include "autograd/packing.h"
#include "kernel/heads.h"
#include "kernel/step_attention.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

const Packing kUnpacked;

/// Whether the heads [B, H, T, d] of a position lie side by side, and positions one after the other.
bool merged(const Tensor& x) {
  return x.stride(3) == 1 && x.stride(1) == x.size(3) && x.stride(2) == x.size(1) * x.size(3);
}

/// The positions of x [.., H, length, d] from `begin` on receive those of `block`, row by row as `origins` says.
void gather(const Tensor& block, std::span<const int32_t> origins, int64_t begin, const Tensor& x) {
  const int64_t length = x.size(2);
  const bool row_by_row = merged(block) && merged(x);
  parallel_for(x.size(0) * block.size(2) * x.size(1) * x.size(3) > kParallelElements, x.size(0), [&](int64_t r) {
    const int64_t origin = origins[r * length + begin];
    if (row_by_row) {
      std::memcpy(x.data() + r * x.stride(0) + begin * x.stride(2), block.data() + origin * block.stride(0),
                  block.size(2) * block.stride(2) * sizeof(float));
    } else {
      x.narrow(0, r, 1).narrow(2, begin, block.size(2)).copy_from(block.narrow(0, origin, 1));
    }
  });
}

}  // namespace

void KeyValueState::keep_packed(const Variable& k, const Variable& v, const Packing& packing, int64_t heads) {
  ROTOR_CHECK(length_ == 0, "expected to keep packed keys alone, {} are there", length_);
  packed_ = {k, v};
  packing_ = packing;
  heads_ = heads;
  rows_ = packing.rows();
  length_ = packing.length();
}

AttentionInput KeyValueState::packed_keys() const {
  return packed_as_it_came() ? AttentionInput{packed_.keys, packing_, heads_} : AttentionInput{keys(), kUnpacked};
}

AttentionInput KeyValueState::packed_values() const {
  return packed_as_it_came() ? AttentionInput{packed_.values, packing_, heads_} : AttentionInput{values(), kUnpacked};
}

void KeyValueState::unpack_all() const {
  if (!packed_.keys.defined()) return;
  blocks_.push_back(
      {split_heads(unpack(packed_.keys, packing_), heads_), split_heads(unpack(packed_.values, packing_), heads_)});
  packed_ = {};
}

void KeyValueState::append(const Variable& k, const Variable& v) {
  ROTOR_CHECK(length_ == 0 || !recording(),
              "keys can be appended to others only without gradients: decode under NoGrad");
  ROTOR_CHECK(length_ == 0 || k.size(0) == rows_, "expected keys of {} rows, got {}", rows_, k.shape().str());
  unpack_all();
  const int64_t before = length_, added = k.size(2);
  blocks_.push_back({k, v});
  whole_ = {};
  rows_ = k.size(0);
  length_ += added;
  if (before == 0) return;
  std::vector<int32_t> origins(rows_ * length_);
  for (int64_t r = 0; r < rows_; ++r) {
    int32_t* to = origins.data() + r * length_;
    if (origins_.empty()) {
      std::fill_n(to, before, static_cast<int32_t>(r));
    } else {
      std::copy_n(origins_.data() + r * before, before, to);
    }
    std::fill_n(to + before, added, static_cast<int32_t>(r));
  }
  origins_ = std::move(origins);
}

void KeyValueState::select(std::span<const int64_t> rows) {
  if (length_ == 0) return;
  whole_ = {};
  std::vector<int32_t> origins(rows.size() * length_);
  for (size_t r = 0; r < rows.size(); ++r) {
    int32_t* to = origins.data() + r * length_;
    if (origins_.empty()) {
      std::fill_n(to, length_, static_cast<int32_t>(rows[r]));
    } else {
      std::copy_n(origins_.data() + rows[r] * length_, length_, to);
    }
  }
  origins_ = std::move(origins);
  rows_ = static_cast<int64_t>(rows.size());
}

const Variable& KeyValueState::whole(Variable Block::*part) const {
  unpack_all();
  if ((whole_.*part).defined() || blocks_.empty()) return whole_.*part;
  if (blocks_.size() == 1 && origins_.empty()) return blocks_[0].*part;
  const Tensor& first = (blocks_[0].*part).value();
  const Tensor all = heads_tensor(rows_, first.size(1), length_, first.size(3));
  int64_t begin = 0;
  for (const Block& block : blocks_) {
    gather((block.*part).value(), origins_, begin, all);
    begin += block.keys.size(2);
  }
  whole_.*part = all;
  return whole_.*part;
}

std::vector<CachedPosition> KeyValueState::positions() const {
  unpack_all();
  std::vector<CachedPosition> positions;
  positions.reserve(length_);
  for (const Block& block : blocks_) {
    const Tensor &k = block.keys.value(), &v = block.values.value();
    for (int64_t t = 0; t < k.size(2); ++t) {
      positions.push_back(
          {k.data() + t * k.stride(2), v.data() + t * v.stride(2), k.stride(0), k.stride(1), v.stride(0), v.stride(1)});
    }
  }
  return positions;
}

std::span<const int32_t> KeyValueState::origins() const {
  if (!origins_.empty()) return origins_;
  own_origins_.resize(rows_ * length_);
  for (size_t i = 0; i < own_origins_.size(); ++i) own_origins_[i] = static_cast<int32_t>(i / length_);
  return own_origins_;
}

Tensor KeyValueState::attend_step(const Tensor& q) const {
  return step_attention(q, {positions(), origins(), blocks_[0].keys.size(1)});
}

Tensor KeyValueState::step_scores(const Tensor& q) const {
  return rotor::step_scores(q, {positions(), origins(), blocks_[0].keys.size(1)});
}

Tensor KeyValueState::step_context(const Tensor& weights) const {
  return rotor::step_context(weights, blocks_[0].values.size(3), {positions(), origins(), blocks_[0].keys.size(1)});
}

const Tensor& KeyValueState::transposed() const {
  unpack_all();
  ROTOR_CHECK(blocks_.size() == 1, "expected keys of one block, got {}", blocks_.size());
  if (!transposed_.defined()) transposed_ = transposed_keys(blocks_[0].keys.value());
  return transposed_;
}

std::vector<int32_t> KeyValueState::block_rows() const {
  std::vector<int32_t> rows(rows_);
  for (int64_t r = 0; r < rows_; ++r) rows[r] = origins_.empty() ? static_cast<int32_t>(r) : origins_[r * length_];
  return rows;
}

Tensor KeyValueState::attend_memory(const Tensor& q, std::span<const int32_t> lengths) const {
  const Tensor& keys = transposed();  // first: there are no blocks before
  return memory_attention(q, keys, blocks_[0].values.value(), block_rows(), lengths);
}

Tensor KeyValueState::memory_weights(const Tensor& q, std::span<const int32_t> lengths) const {
  return rotor::memory_weights(q, transposed(), block_rows(), lengths, length_);
}

}  // namespace rotor

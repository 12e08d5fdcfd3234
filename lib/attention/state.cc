#include "attention/state.h"

#include <algorithm>
#include <cstring>

namespace rotor {
namespace {

/// The first `length` positions of a room [rows, capacity, H, d] as [rows, H, length, d].
Tensor view(const Tensor& room, int64_t length) {
  return room.narrow(1, 0, length).transpose(1, 2);
}

/// A room for `capacity` positions whose row r holds what row rows[r] of `from` [.., H, length, d] holds.
Tensor gather(const Tensor& from, std::span<const int64_t> rows, int64_t capacity) {
  const int64_t heads = from.size(1), length = from.size(2), width = from.size(3);
  Tensor room({static_cast<int64_t>(rows.size()), capacity, heads, width});
#pragma omp parallel for if (room.elements() > 16384)
  for (size_t r = 0; r < rows.size(); ++r) {
    const Tensor to = view(room, length);
    for (int64_t t = 0; t < length; ++t) {
      for (int64_t h = 0; h < heads; ++h) {
        std::memcpy(to.data() + r * to.stride(0) + h * to.stride(1) + t * to.stride(2),
                    from.data() + rows[r] * from.stride(0) + h * from.stride(1) + t * from.stride(2),
                    width * sizeof(float));
      }
    }
  }
  return room;
}

/// Makes room for `length` positions of keys that lie anywhere.
Tensor with_room(const Tensor& room, const Variable& present, int64_t length) {
  if (room.defined() && room.size(1) >= length) return room;
  std::vector<int64_t> all(present.size(0));
  for (size_t r = 0; r < all.size(); ++r) all[r] = static_cast<int64_t>(r);
  return gather(present.value(), all, std::max<int64_t>(16, 2 * length));
}

}  // namespace

void KeyValueState::append(const Variable& k, const Variable& v) {
  if (length_ == 0) {
    keys_ = k;
    values_ = v;
    length_ = k.size(2);
    return;
  }
  CHECK(!recording(), "keys can be appended to others only without gradients: decode under NoGrad");
  const int64_t total = length_ + k.size(2);
  key_room_ = with_room(key_room_, keys_, total);
  value_room_ = with_room(value_room_, values_, total);
  view(key_room_, total).narrow(2, length_, k.size(2)).copy_from(k.value());
  view(value_room_, total).narrow(2, length_, k.size(2)).copy_from(v.value());
  length_ = total;
  keys_ = view(key_room_, total);
  values_ = view(value_room_, total);
}

void KeyValueState::select(std::span<const int64_t> rows) {
  if (length_ == 0) return;
  const int64_t capacity = key_room_.defined() ? key_room_.size(1) : length_;
  key_room_ = gather(keys_.value(), rows, capacity);
  value_room_ = gather(values_.value(), rows, capacity);
  keys_ = view(key_room_, length_);
  values_ = view(value_room_, length_);
}

}  // namespace rotor

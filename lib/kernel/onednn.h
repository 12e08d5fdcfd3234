// The shared parts of all files that call oneDNN: its engine, one stream for each thread, and a cache of primitives.
// Only .cc files of this module include this header. oneDNN shares work by OpenMP, which nothing else uses: it would
// split long sums among threads, whose order would depend on their number, and its threads would spin while they wait.
// So each call runs on the thread that makes it, and the kernels share products among threads themselves.
#pragma once

#include <omp.h>

#include <cstdint>
#include <dnnl.hpp>
#include <list>
#include <map>
#include <utility>
#include <vector>

namespace rotor::onednn {

inline const dnnl::engine& engine() {
  static const dnnl::engine instance(dnnl::engine::kind::cpu, 0);
  return instance;
}

/// Keeps oneDNN on the calling thread from here on: every thread calls this before its first product.
inline void use_one_thread() {
  thread_local const bool once = (omp_set_num_threads(1), true);
  static_cast<void>(once);
}

inline dnnl::stream& stream() {
  use_one_thread();
  thread_local dnnl::stream instance(engine());
  return instance;
}

/// A cache of the primitives used last. A primitive takes about 150 µs to make and 100 KiB of memory; running a cached
/// one costs 0.6 µs more than the product itself.
template <typename Primitive>
class Kept {
 public:
  using Key = std::vector<int64_t>;

  /// Returns the primitive of this key, from make() if it is not in the cache; a full cache drops the least recently
  /// used one.
  template <typename Make>
  const Primitive& get(const Key& key, Make&& make) {
    if (auto found = index_.find(key); found != index_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second);
    } else {
      recent_.emplace_front(key, make());
      index_[key] = recent_.begin();
      if (recent_.size() > kMost) {
        index_.erase(recent_.back().first);
        recent_.pop_back();
      }
    }
    return recent_.front().second;
  }

 private:
  static constexpr size_t kMost = 256;
  std::list<std::pair<Key, Primitive>> recent_;
  std::map<Key, typename std::list<std::pair<Key, Primitive>>::iterator> index_;
};

}  // namespace rotor::onednn

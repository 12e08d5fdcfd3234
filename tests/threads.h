// Thread independence: results must have the same bits for any number of threads.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <vector>

#include "base/threads.h"
#include "tensor/tensor.h"

namespace rotor {

/// Sets the number of threads, and sets it back at the end.
class Threads {
 public:
  explicit Threads(int count) : before_(threads()) { set_threads(count); }
  ~Threads() { set_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

inline void expect_same_bits(const Tensor& actual, const Tensor& expected, const std::string& what) {
  ASSERT_EQ(actual.shape(), expected.shape()) << what;
  const Tensor x = actual.contiguous(), y = expected.contiguous();
  EXPECT_EQ(std::memcmp(x.data(), y.data(), x.elements() * sizeof(float)), 0) << what;
}

/// Expects the tensors that `compute` returns to be the same with 1, 2, 3 and 8 threads.
inline void expect_the_same_for_any_threads(const std::function<std::vector<Tensor>()>& compute) {
  const Threads one(1);
  const std::vector<Tensor> expected = compute();
  for (int count : {2, 3, 8}) {
    const Threads several(count);
    const std::vector<Tensor> actual = compute();
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); ++i) {
      expect_same_bits(actual[i], expected[i], fmt::format("result {} with {} threads", i, count));
    }
  }
}

}  // namespace rotor

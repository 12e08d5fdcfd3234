#include "kernel/weight_rows.h"

#include <gtest/gtest.h>

#include "kernel/bfloat16.h"
#include "kernel/embedding.h"
#include "kernel/quantized_products.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

/// The numbers of a matrix in a type, and what they stand for, a number at a time.
class Stored {
 public:
  Stored(const Tensor& matrix, WeightType type) : quantized_(quantize(matrix)), floats_(matrix.clone()), type_(type) {
    const int64_t width = matrix.size(1);
    for (int64_t i = 0; i < matrix.elements(); ++i) {
      const float value = matrix.data()[i];
      if (type == WeightType::kFloat32) append(value);
      if (type == WeightType::kBfloat16) append(to_bfloat16(value));
      if (type == WeightType::kInt8) append(quantized_.values[i]);
      if (type == WeightType::kBfloat16) floats_.data()[i] = from_bfloat16(to_bfloat16(value));
      if (type == WeightType::kInt8) {
        floats_.data()[i] = quantized_.scales[i / width] * static_cast<float>(quantized_.values[i]);
      }
    }
  }

  WeightRows rows() const {
    return {floats_.size(0), floats_.size(1), {type_, bytes_.data() + 1, quantized_.scales.data(), nullptr}};
  }
  const Tensor& floats() const { return floats_; }

 private:
  template <typename T>
  void append(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }

  QuantizedMatrix quantized_;
  Tensor floats_;
  WeightType type_;
  std::string bytes_ = ".";  // so that the numbers are not aligned
};

constexpr WeightType kTypes[] = {WeightType::kFloat32, WeightType::kBfloat16, WeightType::kInt8};

TEST(WeightRows, AreTheFloatsThatTheirBitsStandFor) {
  for (const WeightType type : kTypes) {
    for (const int64_t width : {1, 8, 37}) {
      const Stored stored(random_tensor({9, width}, 1), type);
      const WeightRows rows = stored.rows(), some = rows.at({8, 0, 8});
      EXPECT_EQ(rows.rows(), 9);
      EXPECT_EQ(rows.width(), width);
      expect_same_bits(rows.floats(), stored.floats(), "all");
      ASSERT_EQ(some.rows(), 3);
      const Tensor last = stored.floats().narrow(0, 8, 1);
      expect_same_bits(some.floats().narrow(0, 0, 1), last, "first of some");
      expect_same_bits(some.floats().narrow(0, 1, 1), stored.floats().narrow(0, 0, 1), "second of some");
      expect_same_bits(some.floats().narrow(0, 2, 1), last, "last of some");
    }
  }
  EXPECT_THROW(WeightRows(Tensor::zeros({3})), Error);
}

TEST(WeightRows, PackedInAnyTypeTheyMultiplyAsTheirFloats) {
  for (const WeightType type : kTypes) {
    const Stored stored(random_tensor({611, 450}, 1), type);  // which threads share
    const Tensor x = random_tensor({3, 450}, 2);
    for (const WeightType packed : kTypes) {
      expect_same_bits(pack_weights(stored.rows(), packed)->product(x, Tensor()),
                       pack_weights(stored.floats(), packed)->product(x, Tensor()), "product");
    }
  }
}

TEST(WeightRows, AreLookedUpAsTheirFloats) {
  for (const WeightType type : kTypes) {
    const Stored stored(random_tensor({50, 67}, 1), type);
    std::vector<int32_t> ids;
    for (int32_t i = 0; i < 400; ++i) ids.push_back(i * i % 50);
    expect_same_bits(embedding(stored.rows(), ids, 3), embedding(stored.floats(), ids, 3), "rows");
  }
}

TEST(WeightRows, OfATensorKeepItsNumbers) {
  Tensor matrix = random_tensor({4, 5}, 1);
  const Tensor expected = matrix.clone();
  const WeightRows rows = matrix;
  matrix = Tensor();
  random_tensor({4, 5}, 2);  // takes the memory, if it was freed
  expect_same_bits(rows.floats(), expected, "rows");
}

}  // namespace
}  // namespace rotor

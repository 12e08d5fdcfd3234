#include "autograd/layers.h"

#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/losses.h"
#include "golden.h"
#include "threads.h"

namespace rotor {
namespace {

Variable apply_linear(const Inputs& x) {
  return linear(x[0], x[1], x.size() > 2 ? x[2] : Variable());
}

TEST(Gradient, OfLinearWithAndWithoutBias) {
  expect_gradients(apply_linear, {random_tensor({2, 3, 5}, 1), random_tensor({7, 5}, 2), random_tensor({7}, 3)});
  expect_gradients(apply_linear, {random_tensor({3, 5}, 1), random_tensor({7, 5}, 2)});
}

TEST(Linear, AgreesWithTheGoldensForwardAndBackward) {
  const SafeTensors file = golden::open("operators");
  for (const std::string name : {"linear.6_7", "linear.33_3"}) {
    Inputs inputs;
    for (const char* part : {".x", ".weight", ".bias"}) inputs.emplace_back(file.tensor(name + part), true);
    const Variable y = apply_linear(inputs);
    golden::expect_near(y.value(), file.tensor(name + ".output"), 1e-6, name);
    backward(sum(mul(y, file.tensor(name + ".gradient.output"))));
    golden::expect_near(inputs[0].gradient(), file.tensor(name + ".gradient.x"), 1e-6, name);
    golden::expect_near(inputs[1].gradient(), file.tensor(name + ".gradient.weight"), 1e-6, name);
    golden::expect_near(inputs[2].gradient(), file.tensor(name + ".gradient.bias"), 1e-6, name);
  }
}

TEST(Linear, NamesTheWidthItExpects) {
  EXPECT_THROW(linear(Tensor::zeros({2, 4}), Tensor::zeros({3, 5}), {}), Error);
}

TEST(Gradient, OfLinearRelu) {
  const Function f = [](const Inputs& x) { return linear_relu(x[0], x[1], x[2]); };
  // Sums of whole numbers and a half: none is near 0, where relu has no derivative.
  auto whole = [](Shape shape, uint64_t seed) {
    Tensor x = random_tensor(shape, seed, 1.5);
    for (float& value : x.span()) value = std::round(value);
    return x;
  };
  expect_gradients(f, {whole({2, 3, 5}, 1), whole({7, 5}, 2), Tensor::full({7}, 0.5f)});
}

TEST(LinearRelu, IsReluOfLinear) {
  const Tensor x = random_tensor({6, 5}, 1), w = random_tensor({7, 5}, 2), b = random_tensor({7}, 3);
  expect_same_bits(linear_relu(x, w, b).value(), relu(linear(x, w, b)).value(), "values");
}

Variable apply_matmul(const Inputs& x) {
  return matmul(x[0], x[1]);
}

TEST(LinearRelu, LeavesItsResultToThoseWhoHoldIt) {
  const Variable x(random_tensor({4, 5}, 1), true), weight = random_tensor({7, 5}, 2), bias = random_tensor({7}, 3);
  const Variable y = linear_relu(x, weight, bias);
  const Tensor before = y.value().clone();
  backward(sum(y));
  golden::expect_near(y.value(), before, 0, "the result");
}

TEST(Linear, KeepsNoInputForAFrozenWeight) {
  using Layer = Variable (*)(const Variable&, const Variable&, const Variable&);
  const Variable bias(random_tensor({7}, 3), true);
  for (const bool frozen : {true, false}) {
    const Variable weight(random_tensor({7, 5}, 2), !frozen);
    for (const Layer f : {Layer{linear}, Layer{linear_relu}}) {
      const Variable x(random_tensor({4, 5}, 1), true), y = f(x, weight, bias);
      EXPECT_EQ(x.value().is_shared(), !frozen);
      backward(sum(y));
      EXPECT_TRUE(x.gradient().defined());
    }
  }
}

TEST(LinearRelu, KeepsNothingWhereNothingIsRecorded) {
  const Variable x = random_tensor({4, 5}, 1), weight = random_tensor({7, 5}, 2), bias = random_tensor({7}, 3);
  const Variable y = linear_relu(x, weight, bias);
  EXPECT_EQ(y.kept().value().data(), y.value().data()) << "and not another copy, made of what is not zero";
}

TEST(Gradient, OfMatmul) {
  expect_gradients(apply_matmul, {random_tensor({3, 5}, 1), random_tensor({5, 4}, 2)});
  expect_gradients(apply_matmul, {random_tensor({2, 3, 4, 5}, 1), random_tensor({2, 3, 5, 2}, 2)});
}

TEST(Gradient, OfMatmulOfStridedMatrices) {
  const Function product_of_heads = [](const Inputs& x) {
    return matmul(split_heads(x[0], 2), transpose(split_heads(x[1], 2), 2, 3));
  };
  expect_gradients(product_of_heads, {random_tensor({2, 3, 6}, 1), random_tensor({2, 4, 6}, 2)});
  expect_gradients(apply_matmul, {laid_out_as_transposed(random_tensor({3, 5}, 1), 0, 1),
                                  laid_out_as_transposed(random_tensor({5, 4}, 2), 0, 1)});
}

TEST(Gradient, OfEmbedding) {
  const std::vector<int32_t> ids = {4, 0, 4, 6, 2, 4};
  expect_gradients([&](const Inputs& x) { return embedding(x[0], ids, 1.5f, 1); }, {random_tensor({7, 3}, 1)});
}

TEST(Embedding, AgreesWithTheGoldenAndGivesThePaddingNoGradient) {
  const SafeTensors file = golden::open("operators");
  const Variable table(file.tensor("embedding.table"), true);
  const Variable y = embedding(table, golden::integers(file, "embedding.ids"), 1, kPad);
  golden::expect_near(reshape(y, {3, 4, 6}).value(), file.tensor("embedding.output"), 0, "rows");
  backward(sum(mul(reshape(y, {3, 4, 6}), file.tensor("embedding.gradient.output"))));
  golden::expect_near(table.gradient(), file.tensor("embedding.gradient.table"), 1e-6, "gradient");
  const Tensor padding = table.gradient().narrow(0, kPad, 1);
  for (float value : padding.span()) EXPECT_EQ(value, 0);
}

TEST(Embedding, RefusesIdsOutsideItsTable) {
  for (int32_t id : {-1, 7}) EXPECT_THROW(embedding(Tensor::zeros({7, 3}), std::vector<int32_t>{0, id}, 1, 1), Error);
}

TEST(Gradient, OfLayerNorm) {
  expect_gradients([](const Inputs& x) { return layer_norm(x[0], x[1], x[2]); },
                   {random_tensor({2, 3, 9}, 1), random_tensor({9}, 2), random_tensor({9}, 3)}, 2e-3);
}

TEST(Gradient, OfRmsNorm) {
  for (float epsilon : {1e-5f, 0.5f}) {
    expect_gradients([=](const Inputs& x) { return rms_norm(x[0], x[1], epsilon); },
                     {random_tensor({2, 3, 9}, 1), random_tensor({9}, 2)});
  }
}

TEST(RmsNorm, OfZerosIsZeroAndOfAnyScaleTheSame) {
  const Tensor x = random_tensor({3, 8}, 1), large = Tensor::zeros({3, 8}), ones = Tensor::full({8}, 1);
  large.add(x, 1000);
  golden::expect_near(rms_norm(x, ones, 0).value(), rms_norm(large, ones, 0).value(), 1e-6, "a thousand times x");
  const Tensor zeros = rms_norm(Tensor::zeros({3, 8}), ones, 1e-6f).value();
  for (float value : zeros.span()) EXPECT_EQ(value, 0);
}

TEST(Norms, AreComputedAgainAndNotHeldForLinearLayersOnThem) {
  const Variable x(random_tensor({4, 5}, 1), true), scale(random_tensor({5}, 2), true),
      shift(random_tensor({5}, 3), true);
  const Variable weight(random_tensor({7, 5}, 4), true);
  for (const bool layer : {true, false}) {
    const Variable y = layer ? layer_norm(x, scale, shift, 0.1f) : rms_norm(x, scale, 0.1f);
    const Variable z = linear(y, weight, {});
    EXPECT_FALSE(y.value().is_shared());
    const Kept kept = y.kept();
    EXPECT_NE(kept.value().data(), y.value().data());
    expect_same_bits(kept.value(), y.value(), "computed again");
  }
}

TEST(Gradient, OfLinearLayersOnNorms) {
  expect_gradients(
      [](const Inputs& x) {
        const Variable y = layer_norm(x[0], x[1], x[2]);
        return add(linear(y, x[3], {}), linear_relu(y, x[3], x[4]));
      },
      {random_tensor({3, 5}, 1), random_tensor({5}, 2), random_tensor({5}, 3), random_tensor({7, 5}, 4),
       random_tensor({7}, 5)});
  expect_gradients(
      [](const Inputs& x) {
        const Variable y = rms_norm(x[0], x[1], 1e-5f);
        return add(linear(y, x[2], {}), linear(y, x[2], x[3]));
      },
      {random_tensor({3, 5}, 1), random_tensor({5}, 2), random_tensor({7, 5}, 4), random_tensor({7}, 5)});
}

TEST(Gradient, OfMaskedSoftmax) {
  for (const AttentionMask& mask :
       {AttentionMask{}, AttentionMask{{5, 2}, {}, false, 0}, AttentionMask{{}, {}, true, 1},
        AttentionMask{{3, 5}, {3, 2}, true, 0}, AttentionMask{{3, 5}, {}, false, 1, 2}}) {
    expect_gradients([&](const Inputs& x) { return masked_softmax(x[0], mask); }, {random_tensor({2, 2, 3, 5}, 1)});
  }
}

TEST(Gradient, OfFusedAttention) {
  const std::vector<Tensor> inputs = {random_tensor({2, 2, 3, 5}, 1), random_tensor({2, 2, 4, 5}, 2),
                                      random_tensor({2, 2, 4, 5}, 3)};
  for (const AttentionMask& mask : {AttentionMask{}, AttentionMask{{4, 2}, {3, 1}, false, 0},
                                    AttentionMask{{}, {}, true, 1}, AttentionMask{{}, {}, true, 1, 2}}) {
    for (float rate : {0.f, 0.4f}) {
      expect_gradients([&](const Inputs& x) { return fused_attention(x[0], x[1], x[2], mask, rate); }, inputs);
      expect_gradients([&](const Inputs& x) { return fused_attention(x[0], x[1], x[2], mask, rate); },
                       {random_tensor({2, 4, 3, 5}, 1), inputs[1], inputs[2]});
    }
  }
}

TEST(Layers, GiveTheSameBitsForAnyThreads) {
  const Tensor table = random_tensor({300, 64}, 1), w = random_tensor({64, 64}, 2), b = random_tensor({64}, 3);
  std::vector<int32_t> ids, targets;
  for (int32_t i = 0; i < 750; ++i) {
    ids.push_back(i * i % 300);
    targets.push_back(i * 7 % 300);
  }
  expect_the_same_for_any_threads([&] {
    const Inputs leaves = {{table, true}, {w, true}, {b, true}};
    const Variable x = layer_norm(embedding(leaves[0], ids, 8, kPad), leaves[2], leaves[2]);
    const Variable y = linear_relu(x, leaves[1], leaves[2]);
    const Loss loss = projected_cross_entropy(y, leaves[0], targets, 0.1f);
    backward(loss.loss);
    return std::vector{y.value(), loss.loss.value(), leaves[0].gradient(), leaves[1].gradient(), leaves[2].gradient()};
  });
}

}  // namespace
}  // namespace rotor

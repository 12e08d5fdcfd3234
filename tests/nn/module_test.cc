#include "nn/module.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

struct Leaf : Module {
  explicit Leaf(Initialiser start) : weight(parameter("weight", {200, 50}, std::move(start))) {}
  Variable weight;
};

struct Pair : Module {
  Pair() : gain(parameter("gain", {3}, ones())) {
    part("first", first);
    part("second", second);
  }
  Variable gain;
  Leaf first{normal(0.5)}, second{normal(0.5)};
};

TEST(Module, NamesJoinWithDotsOwnParametersFirst) {
  Pair pair;
  std::vector<std::string> names;
  for (const auto& parameter : pair.parameters("model.")) names.push_back(parameter.name);
  EXPECT_EQ(names, (std::vector<std::string>{"model.gain", "model.first.weight", "model.second.weight"}));
  EXPECT_EQ(count_elements(pair.parameters()), 3 + 2 * 200 * 50);
  EXPECT_EQ(count_elements(pair), 3 + 2 * 200 * 50);
  EXPECT_EQ(pair.values()[1].name, "first.weight");
}

TEST(Module, StartsDependOnSeedAndNameAlone) {
  Pair a, b, c;
  a.initialise(1);
  b.initialise(1);
  c.initialise(2);
  auto same = [](const Leaf& x, const Leaf& y) {
    return std::equal(x.weight.value().span().begin(), x.weight.value().span().end(), y.weight.value().span().begin());
  };
  EXPECT_TRUE(same(a.first, b.first));
  EXPECT_FALSE(same(a.first, c.first));
  EXPECT_FALSE(same(a.first, a.second));
}

TEST(Module, FreezesTheParametersThatAPatternIsFoundIn) {
  Pair pair;
  pair.freeze("^second\\.|ga.n");
  std::vector<std::string> trained;
  for (const auto& parameter : pair.parameters()) {
    if (parameter.variable.needs_gradient()) trained.push_back(parameter.name);
  }
  EXPECT_EQ(trained, std::vector<std::string>{"first.weight"});
}

double mean_square(const Leaf& leaf) {
  double sum = 0;
  for (float value : leaf.weight.value().span()) sum += static_cast<double>(value) * value;
  return sum / static_cast<double>(leaf.weight.value().elements());
}

TEST(Initialisers, HaveTheSpreadOfTheirNames) {
  Leaf gaussian(normal(0.5)), flat(uniform(0.3)), xavier(xavier_uniform(50, 200, 0.5)), zero(zeros());
  for (Leaf* leaf : {&gaussian, &flat, &xavier, &zero}) leaf->initialise(1);
  EXPECT_NEAR(mean_square(gaussian), 0.25, 0.015);
  EXPECT_NEAR(mean_square(flat), 0.3 * 0.3 / 3, 0.002);
  EXPECT_NEAR(mean_square(xavier), 0.25 * 6.0 / 250 / 3, 1e-4) << "bound² / 3";
  EXPECT_EQ(mean_square(zero), 0);
  for (float value : flat.weight.value().span()) EXPECT_LE(std::abs(value), 0.3f);
}

}  // namespace
}  // namespace rotor

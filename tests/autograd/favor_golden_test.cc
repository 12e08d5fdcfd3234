// FAVOR+ against performer.safetensors, which the formulas in float64 wrote.
#include <gtest/gtest.h>

#include "autograd/favor_attention.h"
#include "base/json.h"
#include "golden.h"
#include "position/rope_frequencies.h"
#include "position/rotation.h"
#include "test_name.h"

namespace rotor {
namespace {

const SafeTensors& goldens() {
  static const SafeTensors file = golden::open("performer");
  return file;
}

const nlohmann::json& cases() {
  static const auto all = nlohmann::json::parse(goldens().metadata("cases"));
  return all;
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& [name, options] : cases().items()) names.push_back(name);
  return names;
}

class FavorGolden : public testing::TestWithParam<std::string> {
 protected:
  Tensor tensor(const std::string& name) const { return goldens().tensor(GetParam() + "." + name); }

  Variable output(const Inputs& x, const AttentionMask& mask) const {
    const auto& options = cases().at(GetParam());
    const FavorProjection projection(tensor("w"), options.at("epsilon"));
    const std::string rotary = options.at("rotary");
    if (rotary == "none") return attention(x, projection, mask, same);
    PositionOptions position;
    options.at("rope_base").get_to(position.rope_base);
    options.at("rope_layout").get_to(position.rope_layout);
    const int64_t width = rotary == "after" ? projection.features() : projection.width();
    const Rotation rotation(rope_frequencies(position, width, 0), position.rope_layout);
    if (rotary == "after") return attention(x, projection, mask, rotation);
    const Range at{0, x[0].size(2)};
    return attention({rotation(x[0], at), rotation(x[1], at), x[2]}, projection, mask, same);
  }
};

TEST_P(FavorGolden, ComputesTheFormulasOutputAndGradients) {
  const auto lengths = golden::integers(goldens(), GetParam() + ".lengths");
  const bool causal = cases().at(GetParam()).at("stack") == "decoder";
  const AttentionMask mask = causal ? AttentionMask{{}, lengths, true} : AttentionMask{lengths, lengths};
  const Inputs x{{tensor("q"), true}, {tensor("k"), true}, {tensor("v"), true}};
  const Variable y = output(x, mask);
  // An exponent of some hundreds has an error of some 1e-5, the relative error of its feature.
  const double tolerance = GetParam().find("loud") == std::string::npos ? 2e-6 : 3e-5;
  golden::expect_near(y.value(), tensor("output"), tolerance, "output");
  backward(y, tensor("gradient.output"));
  golden::expect_near(x[0].gradient(), tensor("gradient.q"), 2 * tolerance, "gradient of q");
  golden::expect_near(x[1].gradient(), tensor("gradient.k"), 2 * tolerance, "gradient of k");
  golden::expect_near(x[2].gradient(), tensor("gradient.v"), 2 * tolerance, "gradient of v");
}

INSTANTIATE_TEST_SUITE_P(Cases, FavorGolden, testing::ValuesIn(case_names()), test_name);

}  // namespace
}  // namespace rotor

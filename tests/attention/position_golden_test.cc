// One layer of self-attention under every position encoding against positions.safetensors, which others' code or the
// formulas in float64 wrote: scores, outputs and every gradient.
#include <gtest/gtest.h>

#include "attention/multi_head.h"
#include "autograd/columns.h"
#include "base/json.h"
#include "golden.h"
#include "position/table.h"
#include "test_name.h"

namespace rotor {
namespace {

const SafeTensors& goldens() {
  static const SafeTensors file = golden::open("positions");
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

PositionOptions position_options(const nlohmann::json& c) {
  PositionOptions o;
  c.at("max_positions").get_to(o.max_positions);
  c.at("max_relative_position").get_to(o.max_relative_position);
  c.at("t5_buckets").get_to(o.t5_buckets);
  c.at("max_distance").get_to(o.max_distance);
  c.at("rope_base").get_to(o.rope_base);
  c.at("rope_layout").get_to(o.rope_layout);
  c.at("xpos_scale_base").get_to(o.xpos_scale_base);
  return o;
}

class PositionGolden : public testing::TestWithParam<std::string> {
 protected:
  PositionGolden()
      : options_(cases().at(GetParam())),
        decoder_(options_.at("stack") == "decoder"),
        heads_(options_.at("heads")),
        width_(options_.at("width")),
        position_(make_position()),
        attention_({width_, width_, heads_, heads_}, {.kernel = options_.at("attention")}, position_),
        x_(tensor("x"), true),
        lengths_(golden::integers(goldens(), GetParam() + ".lengths")),
        at_{0, x_.size(1)},
        mask_(decoder_ ? AttentionMask{{}, lengths_, true} : AttentionMask{lengths_, lengths_}) {
    for (const auto& [name, variable] : parameters()) variable.value().copy_from(tensor(name));
  }

  std::shared_ptr<PositionEncoding> make_position() const {
    return position_encoding(options_.at("position_encoding"))
        .make(position_options(options_), {width_, heads_, decoder_});
  }

  Tensor tensor(const std::string& name) const { return goldens().tensor(GetParam() + "." + name); }

  std::map<std::string, Variable> parameters() {
    std::map<std::string, Variable> all;
    for (const auto& p : attention_.parameters()) all[p.name] = p.variable;
    for (const auto& p : position_->parameters("position.")) all[p.name] = p.variable;
    return all;
  }

  Variable output() const {
    const Variable x = position_->on_input(x_, at_);
    const auto state = attention_.kernel().once({});
    attention_.absorb(x, at_, *state);
    return attention_.attend(x, at_, mask_, *state);
  }

  /// What goes into softmax but the mask, through the hooks, 0 where a padded query or a hidden key is.
  Tensor scores() const {
    Linear q_proj(width_, width_, zeros(), zeros()), k_proj(width_, width_, zeros(), zeros());
    for (auto [name, linear] : {std::pair{"q_proj", &q_proj}, std::pair{"k_proj", &k_proj}}) {
      linear->weight.value().copy_from(tensor(std::string(name) + ".weight"));
      linear->bias.value().copy_from(tensor(std::string(name) + ".bias"));
    }
    auto position = position_->for_layer(q_proj, k_proj);
    if (!position) position = position_;
    const Variable x = position_->on_input(x_, at_);
    const auto root = std::sqrt(static_cast<float>(width_) / static_cast<float>(heads_));
    const Variable q = position->on_queries(scale(split_heads(q_proj(x), heads_), 1 / root), at_);
    const Variable k = position->on_keys(split_heads(k_proj(x), heads_), at_);
    const Variable columns = position->key_columns(x);
    const Variable with_columns = columns.defined() ? join_columns(k, split_heads(columns, heads_)) : k;
    Tensor all = position->on_scores(matmul(q, transpose(k, 2, 3)), q, with_columns, at_, at_).value().clone();
    for (int64_t row = 0; row < all.elements() / at_.size; ++row) {
      const int64_t b = row / at_.size / heads_, m = row % at_.size;
      const int64_t seen = m < lengths_[b] ? (decoder_ ? m + 1 : lengths_[b]) : 0;
      std::fill(all.data() + row * at_.size + seen, all.data() + (row + 1) * at_.size, 0.f);
    }
    return all;
  }

  nlohmann::json options_;
  bool decoder_;
  int64_t heads_, width_;
  std::shared_ptr<PositionEncoding> position_;
  MultiHeadAttention attention_;
  Variable x_;
  std::vector<int32_t> lengths_;
  Range at_;
  AttentionMask mask_;
};

TEST_P(PositionGolden, HasTheParametersOfTheReference) {
  for (const auto& [name, stored] : goldens().tensors()) {
    const std::string prefix = GetParam() + ".gradient.";
    if (!name.starts_with(prefix)) continue;
    const std::string parameter = name.substr(prefix.size());
    EXPECT_TRUE(parameter == "x" || parameter == "output" || parameters().contains(parameter)) << parameter;
  }
}

TEST_P(PositionGolden, ComputesTheReferencesScores) {
  if (!goldens().contains(GetParam() + ".scores")) return;  // linear attention has none; long ones are not kept
  golden::expect_near(scores(), tensor("scores"), 2e-6, "scores");
}

TEST_P(PositionGolden, ComputesTheReferencesOutputAndEveryGradient) {
  const Variable y = output();
  const Tensor expected = tensor("output");
  for (size_t row = 0; row < lengths_.size(); ++row) {
    const auto r = static_cast<int64_t>(row);
    golden::expect_near(y.value().narrow(0, r, 1).narrow(1, 0, lengths_[r]),
                        expected.narrow(0, r, 1).narrow(1, 0, lengths_[r]), 1e-5, fmt::format("row {}", r));
  }
  backward(sum(mul(y, tensor("gradient.output"))));
  auto all = parameters();
  all["x"] = x_;
  const auto zero = nlohmann::json::parse(goldens().metadata("zero_gradients"));
  for (const auto& [name, variable] : all) {
    ASSERT_TRUE(variable.gradient().defined()) << name;
    const std::string key = GetParam() + ".gradient." + name;
    if (std::find(zero.begin(), zero.end(), key) != zero.end()) {
      for (float value : variable.gradient().contiguous().span()) EXPECT_NEAR(value, 0, 1e-4) << name;
    } else {
      golden::expect_near(variable.gradient(), goldens().tensor(key), 2e-5, name);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, PositionGolden, testing::ValuesIn(case_names()), test_name);

}  // namespace
}  // namespace rotor

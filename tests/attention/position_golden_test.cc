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

/// A file of goldens, and the options of its cases.
struct Goldens {
  SafeTensors file;
  nlohmann::json cases;

  explicit Goldens(const char* name) : file(golden::open(name)), cases(nlohmann::json::parse(file.metadata("cases"))) {}
};

const std::vector<Goldens>& all_goldens() {
  static const std::vector<Goldens> all = [] {
    std::vector<Goldens> files;
    for (const char* name : {"positions", "newer_positions"}) files.emplace_back(name);
    return files;
  }();
  return all;
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const Goldens& goldens : all_goldens()) {
    for (const auto& [name, options] : goldens.cases.items()) names.push_back(name);
  }
  return names;
}

/// The file with a case.
const Goldens& goldens_of(const std::string& name) {
  for (const Goldens& goldens : all_goldens()) {
    if (goldens.cases.contains(name)) return goldens;
  }
  fail("no file has the case {}", name);
}

RopeScalingOptions scaling_options(const nlohmann::json& c) {
  RopeScalingOptions o;
  c.at("rope_scaling").get_to(o.kind);
  c.at("rope_scaling_factor").get_to(o.factor);
  c.at("rope_original_length").get_to(o.original_length);
  c.at("rope_short_factors").get_to(o.short_factors);
  c.at("rope_long_factors").get_to(o.long_factors);
  return o;
}

/// The options that the cases of newer encodings have besides.
void set_newer_options(const nlohmann::json& c, PositionOptions& o) {
  o.rope_scaling = scaling_options(c);
  c.at("rope_fraction").get_to(o.rope_fraction);
  c.at("rope_kept_frequencies").get_to(o.rope_kept_frequencies);
  c.at("rotary_value").get_to(o.rotary_value);
  c.at("sandwich_width").get_to(o.sandwich_width);
  c.at("fire_width").get_to(o.fire_width);
  c.at("fire_threshold").get_to(o.fire_threshold);
  c.at("cope_positions").get_to(o.cope_positions);
  c.at("shape_max_shift").get_to(o.shape_max_shift);
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
  if (c.contains("rope_scaling")) set_newer_options(c, o);
  return o;
}

class PositionGolden : public testing::TestWithParam<std::string> {
 protected:
  PositionGolden()
      : options_(goldens_of(GetParam()).cases.at(GetParam())),
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

  static const SafeTensors& goldens() { return goldens_of(GetParam()).file; }

  Tensor tensor(const std::string& name) const { return goldens().tensor(GetParam() + "." + name); }

  std::map<std::string, Variable> parameters() {
    std::map<std::string, Variable> all;
    for (const auto& p : attention_.parameters()) all[p.name] = p.variable;
    for (const auto& p : position_->parameters("position.")) all[p.name] = p.variable;
    return all;
  }

  /// The input with its positions, without those that training draws.
  Variable input() const {
    if (options_.at("position_encoding") != "shape" && options_.at("position_encoding") != "cape") {
      return position_->on_input(x_, at_);
    }
    Tensor positions;
    {
      const NoGrad no_grad;
      positions = position_->on_input(Tensor::zeros(x_.shape()), at_).value();
    }
    return add(x_, positions);
  }

  Variable output() const {
    const Variable x = input();
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
    const Variable x = input();
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

/// Attention to a memory with rope on both sides, against the formula.
class RotaryCrossAttention : public testing::Test {
 protected:
  RotaryCrossAttention() {
    for (const auto& parameter : attention_.parameters()) parameter.variable.value().copy_from(tensor(parameter.name));
  }

  static Tensor tensor(const std::string& name) { return all_goldens()[1].file.tensor("cross." + name); }

  static std::shared_ptr<const PositionEncoding> position() {
    PositionOptions o;
    o.rope_layout = "half";
    o.rope_base = 500;
    o.rotary_cross_attention = o.rotary_value = true;  // which is for self-attention alone
    return cross_attention_encoding("rope", o, {12, 2});
  }

  MultiHeadAttention attention_{{12, 12, 2, 2}, {}, position()};
  Variable x_{tensor("x"), true}, memory_{tensor("memory"), true};
  AttentionMask mask_{golden::integers(all_goldens()[1].file, "cross.lengths"), {}};
};

TEST_F(RotaryCrossAttention, ComputesTheReferencesOutputAndEveryGradient) {
  const auto state = attention_.kernel().once(mask_);
  attention_.absorb(memory_, {0, 8}, *state);
  const Variable y = attention_.attend(x_, {0, 5}, mask_, *state);
  golden::expect_near(y.value(), tensor("output"), 1e-5, "output");
  backward(sum(mul(y, tensor("gradient.output"))));
  golden::expect_near(x_.gradient(), tensor("gradient.x"), 2e-5, "x");
  golden::expect_near(memory_.gradient(), tensor("gradient.memory"), 2e-5, "memory");
  for (const auto& parameter : attention_.parameters()) {
    golden::expect_near(parameter.variable.gradient(), tensor("gradient." + parameter.name), 2e-5, parameter.name);
  }
}

TEST_F(RotaryCrossAttention, StepsOfSeveralHypothesesAttendToTheMemoryFromTheirPositions) {
  const NoGrad no_grad;
  const auto memory = attention_.kernel().memory();
  attention_.absorb(memory_, {0, 8}, *memory);
  const AttentionMask mask{{8, 3}, {}};
  for (int64_t m = 0; m < 5; ++m) {
    const Tensor step = x_.value().narrow(1, m, 1), three({6, 1, 12});
    for (int64_t row = 0; row < 6; ++row) three.narrow(0, row, 1).copy_from(step.narrow(0, row / 3, 1));
    const Tensor y = attention_.attend(three, {m, 1}, mask, *memory).value();
    for (int64_t row = 0; row < 6; ++row) {
      golden::expect_near(y.narrow(0, row, 1), tensor("output").narrow(0, row / 3, 1).narrow(1, m, 1), 1e-5, "step");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, PositionGolden, testing::ValuesIn(case_names()), test_name);

}  // namespace
}  // namespace rotor

// What every row of the table of position encodings must do within a Transformer.
#include <gtest/gtest.h>

#include "autograd/elementwise.h"
#include "autograd/losses.h"
#include "base/scratch.h"
#include "golden.h"
#include "model/model_file.h"
#include "model/position_choices.h"
#include "model/tiny_model.h"
#include "position/table.h"
#include "position/variants.h"
#include "random_tensor.h"
#include "test_name.h"
#include "threads.h"

namespace rotor {
namespace {

/// Initialises a model, but gives all parameters of positions random numbers: of some that start at zero nothing would
/// show.
void initialise(Model& model) {
  model.initialise(1);
  for (const auto& parameter : model.parameters()) {
    if (!is_position_parameter(parameter.name)) continue;
    parameter.variable.value().copy_from(random_tensor(parameter.variable.shape(), derive(5, parameter.name), 0.5));
  }
}

class TransformerEncoding : public testing::TestWithParam<std::string> {
 protected:
  TransformerEncoding() : model_(options()) { initialise(model_); }

  static TransformerOptions options() {
    TransformerOptions o = tiny_options();
    set_variant(GetParam(), o.position);
    return o;
  }

  Tensor features(const TokenBatch& source, const TokenBatch& target) const {
    StackState state = model_.start(model_.encode(source), source.lengths);
    return model_.decode(target, state).value();
  }

  EncoderDecoder model_;
};

TEST_P(TransformerEncoding, OnePassIsStepByStepIsUnevenChunks) {
  const NoGrad no_grad;
  const TokenBatch source = random_tokens({6, 4, 1}, 30, 1), target = random_tokens({19, 19, 19}, 30, 2);
  const Tensor expected = features(source, target);
  for (const std::vector<int64_t>& chunks : {std::vector<int64_t>(19, 1), {4, 1, 14}, {1, 17, 1}}) {
    StackState state = model_.start(model_.encode(source), source.lengths);
    int64_t begin = 0;
    for (int64_t size : chunks) {
      golden::expect_near(model_.decode(columns(target, begin, size), state).value(), expected.narrow(1, begin, size),
                          1e-5, fmt::format("{} from {}", size, begin));
      begin += size;
    }
  }
}

/// Layers with everything that is not the default: windows, grouped heads, RMSNorm, a gate, no biases.
TEST_P(TransformerEncoding, OtherKindsOfLayersDecodeInStepsAsInOnePassAndTrain) {
  TransformerOptions o = options();
  o.encoder.attention_heads = o.decoder.attention_heads = 2;
  o.encoder.key_value_heads = o.decoder.key_value_heads = 1;
  o.attention.window = 4;
  o.attention.bias = o.ffn_bias = false;
  o.norm.kind = "rms";
  o.activation_fn = "swiglu";
  EncoderDecoder model(o);
  initialise(model);
  const TokenBatch source = random_tokens({9, 4, 1}, 30, 1), target = random_tokens({19, 19, 19}, 30, 2);
  backward(projected_cross_entropy(model.features(source, target), model.output().weight, target.ids, 0).loss);
  for (const auto& parameter : model.parameters()) {
    EXPECT_TRUE(parameter.variable.gradient().defined()) << parameter.name;
  }
  const NoGrad no_grad;
  const Tensor expected = model.features(source, target).value().reshape({3, 19, -1});
  for (const std::vector<int64_t>& chunks : {std::vector<int64_t>(19, 1), {4, 1, 14}, {1, 17, 1}}) {
    StackState state = model.start(model.encode(source), source.lengths);
    int64_t begin = 0;
    for (int64_t size : chunks) {
      golden::expect_near(model.decode(columns(target, begin, size), state).value(), expected.narrow(1, begin, size),
                          2e-5, fmt::format("{} from {}", size, begin));
      begin += size;
    }
  }
}

TEST_P(TransformerEncoding, ASentenceDoesNotDependOnItsNeighboursOrPadding) {
  const NoGrad no_grad;
  const TokenBatch source = random_tokens({3, 9, 1, 5}, 30, 1), target = random_tokens({4, 1, 8, 2}, 30, 2);
  const Tensor together = features(source, target);
  for (int64_t row = 0; row < source.rows; ++row) {
    golden::expect_near(features(alone(source, row), alone(target, row)),
                        together.narrow(0, row, 1).narrow(1, 0, target.lengths[row]), 1e-5, "row");
  }
}

TEST_P(TransformerEncoding, ReorderedHypothesesGoOnFromTheirOwnPast) {
  const NoGrad no_grad;
  const TokenBatch source = random_tokens({6}, 30, 1), past = random_tokens({5, 5, 5}, 30, 2),
                   next = random_tokens({3, 3}, 30, 3);
  StackState state = model_.start(model_.encode(source), source.lengths);
  model_.decode(past, state);
  const std::vector<int64_t> rows = {2, 0};
  state.select(rows);
  const Tensor actual = model_.decode(next, state).value();
  for (int64_t r = 0; r < 2; ++r) {
    std::vector<int32_t> whole(past.row(rows[r]).begin(), past.row(rows[r]).end());
    whole.insert(whole.end(), next.row(r).begin(), next.row(r).end());
    golden::expect_near(actual.narrow(0, r, 1), features(source, TokenBatch::of({whole})).narrow(1, 5, 3), 1e-5,
                        "hypothesis");
  }
}

TEST_P(TransformerEncoding, StepsWithFixedWeightsSayWhatOnePassSaid) {
  const NoGrad no_grad;
  const TokenBatch source = random_tokens({6, 3}, 30, 1);  // two hypotheses each
  const TokenBatch past = random_tokens({4, 4, 4, 4}, 30, 2), next = random_tokens({3, 3, 3, 3}, 30, 3);
  const std::vector<int64_t> rows = {1, 1, 2, 3};
  std::vector<Tensor> expected;
  for (int64_t r = 0; r < 4; ++r) {
    std::vector<int32_t> whole(past.row(rows[r]).begin(), past.row(rows[r]).end());
    whole.insert(whole.end(), next.row(r).begin(), next.row(r).end());
    expected.push_back(features(alone(source, r / 2), TokenBatch::of({whole})));  // [1, 7, D]
  }
  model_.prepare(WeightType::kFloat32);
  StackState state = model_.start(model_.encode(source), source.lengths);
  for (int64_t t = 0; t < 7; ++t) {
    if (t == 4) state.select(rows);
    const Tensor actual = model_.decode(columns(t < 4 ? past : next, t % 4, 1), state).value();  // [4, 1, D]
    for (int64_t r = 0; r < 4 && t >= 4; ++r) {
      golden::expect_near(actual.narrow(0, r, 1), expected[r].narrow(1, t, 1), 1e-5,
                          fmt::format("step {} of hypothesis {}", t, r));
    }
  }
}

TEST_P(TransformerEncoding, ReadForTranslationItSaysTheSameAndHoldsNoMatrixTwice) {
  const NoGrad no_grad;
  const ScratchFolder folder;
  const VocabularyBytes vocabulary{"vocabulary", "vocabulary"};
  SafeTensorsWriter writer;
  add_model(writer, model_, vocabulary);
  writer.write(folder / "model.safetensors");
  const SafeTensors file(folder / "model.safetensors");
  const TokenBatch source = random_tokens({6, 3}, 30, 1), target = random_tokens({4, 4}, 30, 2);
  for (WeightType type : {WeightType::kFloat32, WeightType::kBfloat16, WeightType::kInt8}) {
    const auto whole = load<EncoderDecoder>(file), read = load_prepared<EncoderDecoder>(file, type);
    whole->prepare(type);
    StackState expected = whole->start(whole->encode(source), source.lengths);
    StackState actual = read->start(read->encode(source), source.lengths);
    for (int64_t t = 0; t < 4; ++t) {
      const TokenBatch token = columns(target, t, 1);
      expect_same_bits(read->decode(token, actual).value(), whole->decode(token, expected).value(),
                       fmt::format("step {}", t));
    }
    for (const auto& parameter : read->parameters()) {
      if (parameter.name.ends_with("_proj.weight")) {
        EXPECT_TRUE(std::isnan(*parameter.variable.value().data()));
      }
    }
  }
}

TEST_P(TransformerEncoding, KeptSourcesGoOnAsBefore) {
  const NoGrad no_grad;
  const TokenBatch source = random_tokens({6, 3, 4}, 30, 1), target = random_tokens({7, 7, 7}, 30, 2);
  const Tensor expected = features(source, target);
  StackState state = model_.start(model_.encode(source), source.lengths);
  model_.decode(columns(target, 0, 4), state);
  state.select_memory(std::vector<int64_t>{2, 1});
  state.select(std::vector<int64_t>{2, 1});
  const TokenBatch rest = columns(target, 4, 3);
  const TokenBatch kept =
      TokenBatch::of({{rest.row(2).begin(), rest.row(2).end()}, {rest.row(1).begin(), rest.row(1).end()}});
  const Tensor actual = model_.decode(kept, state).value();
  golden::expect_near(actual.narrow(0, 0, 1), expected.narrow(0, 2, 1).narrow(1, 4, 3), 1e-5, "source 2");
  golden::expect_near(actual.narrow(0, 1, 1), expected.narrow(0, 1, 1).narrow(1, 4, 3), 1e-5, "source 1");
}

/// Shuffled source tokens shuffle the encoder's outputs if, and only if, it knows no positions.
TEST_P(TransformerEncoding, OnlyNoneIsBlindToTheOrderOfTheSource) {
  const NoGrad no_grad;
  const TokenBatch source = TokenBatch::of({{5, 9, 20, 11, 7}}), shuffled = TokenBatch::of({{11, 5, 7, 20, 9}});
  const int64_t places[] = {1, 4, 3, 0, 2};  // where each token went
  const Tensor before = model_.encode(source).value(), after = model_.encode(shuffled).value();
  double largest = 0;
  for (int64_t i = 0; i < 5; ++i) {
    for (int64_t c = 0; c < 12; ++c) {
      largest = std::max<double>(largest, std::abs(before.data()[i * 12 + c] - after.data()[places[i] * 12 + c]));
    }
  }
  EXPECT_EQ(largest < 1e-5, GetParam() == "none") << largest;
}

TEST_P(TransformerEncoding, EveryParameterGetsAGradient) {
  const TokenBatch source = random_tokens({6, 4}, 30, 1), target = random_tokens({5, 5}, 30, 2);
  backward(projected_cross_entropy(model_.features(source, target), model_.output().weight, target.ids, 0.1f).loss);
  for (const auto& parameter : model_.parameters())
    EXPECT_TRUE(parameter.variable.gradient().defined()) << parameter.name;
}

/// Encodings of few positions: tables of 12, and scales of xpos that fit float32 no further than 23.
TransformerOptions options_of_few_positions(const std::string& encoding) {
  TransformerOptions o = tiny_options();
  set_variant(encoding, o.position);
  o.position.max_positions = 12;
  o.position.xpos_scale_base = 0.36;
  return o;
}

TEST_P(TransformerEncoding, WorksUpToItsPositionsAndRefusesMore) {
  const NoGrad no_grad;
  EncoderDecoder model(options_of_few_positions(GetParam()));
  initialise(model);
  constexpr int64_t kMany = 60;
  const TokenBatch word = random_tokens({1}, 30, 1);
  for (const bool decoder : {false, true}) {
    const int64_t limit = decoder ? model.max_target_positions() : model.max_source_positions();
    EXPECT_TRUE(limit == kUnlimitedPositions || limit < kMany) << limit;
    const auto pass = [&](int64_t length) {
      const TokenBatch sentence = random_tokens({length}, 30, 2);
      return model.features(decoder ? word : sentence, decoder ? sentence : word).value();
    };
    const Tensor features = pass(std::min(limit, kMany));
    for (const float value : features.span()) ASSERT_TRUE(std::isfinite(value)) << limit;
    if (limit < kMany) {
      EXPECT_THROW(pass(limit + 1), Error) << limit << (decoder ? " of the decoder" : "");
    }
  }
}

TEST_P(TransformerEncoding, StatesThePositionsOfEachStackByItself) {
  TransformerOptions o = options_of_few_positions(GetParam());
  const EncoderDecoder both(o);
  o.encoder.position_encoding = "none";
  const EncoderDecoder decoder_alone(o);
  EXPECT_EQ(decoder_alone.max_source_positions(), kUnlimitedPositions);
  EXPECT_EQ(decoder_alone.max_target_positions(), both.max_target_positions());
  std::swap(o.encoder.position_encoding, o.decoder.position_encoding);
  const EncoderDecoder encoder_alone(o);
  EXPECT_EQ(encoder_alone.max_source_positions(), both.max_source_positions());
  EXPECT_EQ(encoder_alone.max_target_positions(), kUnlimitedPositions);
  const auto& read = position_encoding(encoding_variant(GetParam()).encoding()).options;
  if (std::count(read.begin(), read.end(), "max-positions") > 0) {
    EXPECT_EQ(both.max_source_positions(), 12);
    EXPECT_EQ(both.max_target_positions(), 12);
  }
}

INSTANTIATE_TEST_SUITE_P(Table, TransformerEncoding, testing::ValuesIn(variant_names()), test_name);

}  // namespace
}  // namespace rotor

#include "model/encoder_decoder.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "attention/kernel.h"
#include "autograd/elementwise.h"
#include "autograd/losses.h"
#include "base/json.h"
#include "golden.h"
#include "model/model_file.h"
#include "model/tiny_model.h"
#include "random_tensor.h"

namespace rotor {
namespace {

class TransformerGolden : public testing::TestWithParam<std::string> {
 protected:
  TransformerGolden()
      : file_(golden::open("transformer_" + GetParam())),
        model_(TransformerOptions::from_config(file_.metadata("config"), "golden")),
        source_(golden::tokens(file_, "input.source", "input.source_lengths")),
        decoder_input_(golden::tokens(file_, "input.decoder_input", "input.target_lengths")),
        target_(golden::tokens(file_, "input.target", "input.target_lengths")) {
    read_parameters(file_, model_);
  }

  /// Features of the whole batch, in one pass.
  Variable features() const {
    StackState state = model_.start(model_.encode(source_), source_.lengths);
    return model_.decode(decoder_input_, state);
  }

  /// Compares the positions that are not padding.
  static void expect_rows_near(const Tensor& actual, const Tensor& expected, const std::vector<int32_t>& lengths) {
    for (size_t row = 0; row < lengths.size(); ++row) {
      const auto r = static_cast<int64_t>(row);
      golden::expect_near(actual.narrow(0, r, 1).narrow(1, 0, lengths[row]),
                          expected.narrow(0, r, 1).narrow(1, 0, lengths[row]), 2e-5, "row " + std::to_string(row));
    }
  }

  SafeTensors file_;
  EncoderDecoder model_;
  TokenBatch source_, decoder_input_, target_;
};

TEST_P(TransformerGolden, HasTheParametersOfTheReference) {
  std::vector<std::string> names;
  for (const auto& parameter : model_.parameters()) names.push_back("gradient." + parameter.name);
  std::sort(names.begin(), names.end());
  std::vector<std::string> expected;
  for (const auto& [name, tensor] : file_.tensors()) {
    if (name.starts_with("gradient.")) expected.push_back(name);
  }
  EXPECT_EQ(names, expected);
}

TEST_P(TransformerGolden, ComputesTheReferencesEncodingAndLogits) {
  const NoGrad no_grad;
  expect_rows_near(model_.encode(source_).value(), file_.tensor("output.encoder"), source_.lengths);
  expect_rows_near(model_.output()(features()).value(), file_.tensor("output.logits"), target_.lengths);
}

TEST_P(TransformerGolden, ComputesTheReferencesLossAndEveryGradient) {
  const OutputLayer& output = model_.output();
  const Loss loss = projected_cross_entropy(model_.features(source_, decoder_input_), output.weight, target_.packed(),
                                            0.1f, output.bias);
  EXPECT_NEAR(loss.loss.value().item() / file_.tensor("output.loss").item(), 1, 1e-5);
  EXPECT_NEAR(loss.nll / file_.tensor("output.nll_loss").item(), 1, 1e-5);
  backward(loss.loss);
  const auto zero = nlohmann::json::parse(file_.metadata("zero_gradients")).get<std::vector<std::string>>();
  for (const auto& [name, variable, initialiser] : model_.parameters()) {
    ASSERT_TRUE(variable.gradient().defined()) << name;
    const Tensor expected = file_.tensor("gradient." + name);
    if (std::find(zero.begin(), zero.end(), name) != zero.end()) {
      for (float value : variable.gradient().contiguous().span()) EXPECT_NEAR(value, 0, 1e-4) << name;
    } else {
      golden::expect_near(variable.gradient(), expected, 1e-4, name);
    }
  }
}

TEST_P(TransformerGolden, DecodesInStepsAndUnevenChunksAsInOnePass) {
  const NoGrad no_grad;
  const Tensor expected = features().value();
  for (const std::vector<int64_t>& chunks : {std::vector<int64_t>(decoder_input_.length, 1), {3, 1, 4}, {1, 6, 1}}) {
    StackState state = model_.start(model_.encode(source_), source_.lengths);
    int64_t begin = 0;
    for (int64_t size : chunks) {
      TokenBatch chunk{
          decoder_input_.rows, size, {}, std::vector<int32_t>(decoder_input_.rows, static_cast<int32_t>(size)), {}};
      for (int64_t row = 0; row < chunk.rows; ++row) {
        const auto from = decoder_input_.ids.begin() + row * decoder_input_.length + begin;
        chunk.ids.insert(chunk.ids.end(), from, from + size);
      }
      const Tensor actual = model_.decode(chunk, state).value();
      for (int64_t row = 0; row < chunk.rows; ++row) {
        const int64_t real = std::clamp<int64_t>(decoder_input_.lengths[row] - begin, 0, size);
        golden::expect_near(actual.narrow(0, row, 1).narrow(1, 0, real),
                            expected.narrow(0, row, 1).narrow(1, begin, real), 1e-5, "chunk");
      }
      begin += size;
    }
  }
}

TEST_P(TransformerGolden, ASentenceDoesNotDependOnItsNeighboursOrPadding) {
  const NoGrad no_grad;
  const Tensor together = features().value();
  for (int64_t row = 0; row < source_.rows; ++row) {
    auto alone = [row](const TokenBatch& batch) {
      const auto ids = batch.row(row);
      return TokenBatch::of({{ids.begin(), ids.end()}});
    };
    const TokenBatch source = alone(source_), input = alone(decoder_input_);
    StackState state = model_.start(model_.encode(source), source.lengths);
    const Tensor features = model_.decode(input, state).value();
    golden::expect_near(features, together.narrow(0, row, 1).narrow(1, 0, input.length), 1e-5, "row");
  }
}

TEST_P(TransformerGolden, HypothesesOfOneSourceShareItsKeys) {
  const NoGrad no_grad;
  const Tensor expected = features().value();
  constexpr int64_t kHypotheses = 3;
  StackState state = model_.start(model_.encode(source_), source_.lengths);
  std::vector<std::vector<int32_t>> repeated;
  for (int64_t row = 0; row < source_.rows * kHypotheses; ++row) {
    const auto ids = decoder_input_.row(row / kHypotheses);
    repeated.emplace_back(ids.begin(), ids.end());
  }
  const Tensor actual = model_.decode(TokenBatch::of(repeated), state).value();
  for (int64_t row = 0; row < actual.size(0); ++row) {
    const int64_t source = row / kHypotheses, length = decoder_input_.lengths[source];
    golden::expect_near(actual.narrow(0, row, 1).narrow(1, 0, length),
                        expected.narrow(0, source, 1).narrow(1, 0, length), 1e-5, "hypothesis");
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, TransformerGolden,
                         testing::Values("sinusoidal", "sinusoidal_concatenated", "learned", "rope", "rope_half",
                                         "none", "mixed", "window", "grouped", "rms_swiglu", "ssru"),
                         [](const auto& info) { return info.param; });

/// A model of one layer a stack.
TransformerOptions one_layer(double encoder_layerdrop, double decoder_layerdrop) {
  TransformerOptions o = tiny_options();
  o.encoder.layers = o.decoder.layers = 1;
  o.encoder.layerdrop = encoder_layerdrop;
  o.decoder.layerdrop = decoder_layerdrop;
  return o;
}

/// The features of a fixed batch under weights of a fixed start, as numbers to compare.
std::vector<float> features_of(const EncoderDecoder& model, uint64_t seed) {
  seed_random_operators(seed);
  const TokenBatch batch = random_tokens({5, 3}, 30, 1);
  const Tensor features = model.features(batch, batch).value();
  return {features.span().begin(), features.span().end()};
}

TEST(LayerDrop, SkipsEachLayerAsOftenAsItSays) {
  constexpr int kPasses = 600;
  EncoderDecoder whole(one_layer(0, 0)), drops(one_layer(0.25, 0.5));
  whole.initialise(1);
  drops.initialise(1);
  std::map<std::vector<float>, int> found;
  for (uint64_t seed = 0; seed < kPasses; ++seed) ++found[features_of(drops, seed)];
  ASSERT_EQ(found.size(), 3u) << "both, the decoder's alone, or without the decoder's nothing of the encoder";
  EXPECT_NEAR(found[features_of(whole, 1)], kPasses * 0.75 * 0.5, 50);
  std::vector<int> counts;
  for (const auto& [features, count] : found) counts.push_back(count);
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0), kPasses);
  EXPECT_NEAR(*std::max_element(counts.begin(), counts.end()), kPasses * 0.5, 50) << "the decoder skipped";
  const NoGrad no_grad;
  for (uint64_t seed = 0; seed < 20; ++seed) EXPECT_EQ(features_of(drops, seed), features_of(whole, 1));
}

TEST(LayerDrop, LeavesSkippedLayersWithoutGradients) {
  EncoderDecoder model(one_layer(0, 0.999999));
  model.initialise(1);
  seed_random_operators(1);
  const TokenBatch batch = random_tokens({5, 3}, 30, 1);
  backward(sum(model.features(batch, batch)));
  for (const auto& parameter : model.parameters()) {
    const bool reached = parameter.variable.gradient().defined();
    EXPECT_EQ(reached, parameter.name == "encoder.embed_tokens.weight") << parameter.name;
  }
}

TEST(LayerDrop, OfNothingTakesNoRandomNumbers) {
  EncoderDecoder whole(one_layer(0, 0));
  whole.initialise(1);
  features_of(whole, 7);
  EXPECT_EQ(random_sequence().taken, 0u);
}

TEST(EncoderDecoder, AttentionStepByStepIsThatOfOnePassUnderEveryKindOfDecoder) {
  const NoGrad no_grad;
  for (const std::string encoding : {"sinusoidal", "rope", "t5"}) {
    for (const std::string& attention : attention_names()) {
      if (encoding == "t5" && attention != "softmax") continue;  // not a pair
      for (const bool fixed : {false, true}) {
        SCOPED_TRACE(encoding + " " + attention + (fixed ? " fixed" : ""));
        TransformerOptions options = tiny_options();
        options.position.encoding = encoding;
        options.attention.kernel = attention;
        EncoderDecoder model(options);
        model.initialise(1);
        if (fixed) model.prepare(WeightType::kFloat32);
        const TokenBatch source = random_tokens({9, 4}, 30, 1), target = random_tokens({6, 6}, 30, 2);
        StackState whole = model.start(model.encode(source), source.lengths),
                   steps = model.start(model.encode(source), source.lengths);
        whole.keep_attention();
        steps.keep_attention();
        model.decode(target, whole);
        const Tensor expected = whole.attention();  // [2 · 6, 9]
        ASSERT_EQ(expected.shape(), (Shape{12, 9}));
        for (int64_t t = 0; t < 6; ++t) {
          model.decode(columns(target, t, 1), steps);
          for (int64_t row = 0; row < 2; ++row) {
            golden::expect_near(steps.attention().narrow(0, row, 1), expected.narrow(0, row * 6 + t, 1), 1e-5,
                                "weights");
          }
        }
      }
    }
  }
}

TEST(EncoderDecoder, LimitedToSomeWordsItScoresTheseAsBeforeAndNoOthers) {
  const NoGrad no_grad;
  EncoderDecoder model(tiny_options());
  model.initialise(1);
  const Tensor features = random_tensor({5, 12}, 1);
  const Tensor all = model.output()(features).value();
  const std::vector<int32_t> words = {2, 3, 17, 29};
  model.output().limit(words);
  model.prepare(WeightType::kFloat32);
  const Tensor limited = model.output()(features).value();
  ASSERT_EQ(limited.shape(), Shape({5, std::ssize(words)}));
  for (int64_t row = 0; row < 5; ++row) {
    for (size_t i = 0; i < words.size(); ++i) {
      EXPECT_NEAR(limited.data()[row * 4 + i], all.data()[row * 30 + words[i]], 1e-5);
    }
  }
}

}  // namespace
}  // namespace rotor

#include "model/stack.h"

#include <gtest/gtest.h>

#include <map>

#include "autograd/elementwise.h"
#include "autograd/packing.h"
#include "golden.h"
#include "heap.h"
#include "model/tiny_model.h"
#include "position/encoding.h"
#include "random_tensor.h"
#include "threads.h"

namespace rotor {
namespace {

/// A stack of two layers of width 12 whose numbers are random.
struct Made {
  TransformerOptions options;
  std::shared_ptr<Embedding> embedding;
  Stack stack;

  explicit Made(bool causal = true, int64_t memory_width = 0, const TransformerOptions& o = tiny_options())
      : options(o),
        embedding(std::make_shared<Embedding>(30, 12, o.tokens.pad, 1)),
        stack(options.decoder, options, causal, memory_width, embedding) {
    embedding->initialise(1);
    stack.initialise(2);
  }

  /// The features of all tokens, [rows, length, 12] with zeros in the padding.
  Tensor features(const TokenBatch& tokens, const Memory* memory = nullptr) const {
    const Packing packing(tokens.length, tokens.lengths);
    const Variable packed = stack(tokens, packing, memory, Activations::kKept);
    return unpack(packed, packing).value();
  }
};

std::vector<float> numbers(const Tensor& x) {
  const Tensor dense = x.contiguous();
  return {dense.span().begin(), dense.span().end()};
}

/// Sequences to attend to, of another width than the stack's.
struct Remembered {
  explicit Remembered(std::vector<int32_t> lengths)
      : packing(5, lengths), memory{pack(random_tensor({std::ssize(lengths), 5, 8}, 7), packing), packing, lengths} {}
  Packing packing;
  Memory memory;
};

TEST(Stack, NamesItsParametersAsFairseqDoes) {
  std::vector<std::string> names;
  TransformerOptions options = tiny_options();
  options.decoder.normalize_before = true;
  for (const auto& [name, value] : Made(true, 8, options).stack.values()) names.push_back(name);
  for (const char* name : {"layers.1.self_attn.q_proj.weight", "layers.0.encoder_attn.k_proj.bias",
                           "layers.0.encoder_attn_layer_norm.weight", "layers.1.fc2.weight", "layer_norm.bias"}) {
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name;
  }
  for (const auto& [name, value] : Made().stack.values()) {
    EXPECT_EQ(name.find("encoder_attn"), name.npos) << "there is no memory";
    EXPECT_FALSE(name.starts_with("layer_norm")) << "each layer ends in a norm";
  }
}

TEST(Stack, DecodesInBlocksAsInOnePass) {
  const NoGrad no_grad;
  const TokenBatch tokens = random_tokens({9, 9}, 30, 1);
  const Remembered remembered({5, 3});
  for (const Memory* memory : {static_cast<const Memory*>(nullptr), &remembered.memory}) {
    const Made made(true, memory ? 8 : 0);
    const Tensor whole = made.features(tokens, memory);
    StackState state = made.stack.start(memory);
    for (int64_t begin = 0; const int64_t size : {1, 4, 1, 3}) {
      const Tensor block = made.stack.decode(columns(tokens, begin, size), state).value();
      golden::expect_near(block, whole.narrow(1, begin, size), 1e-5, fmt::format("from {}", begin));
      begin += size;
    }
    EXPECT_EQ(state.length, 9);
  }
}

TEST(Stack, LooksAheadUnlessItIsCausal) {
  const NoGrad no_grad;
  const TokenBatch tokens = random_tokens({8}, 30, 1);
  TokenBatch changed = tokens;
  changed.ids.back() = tokens.ids.back() == 5 ? 6 : 5;
  const Made causal(true), other(false);
  expect_same_bits(causal.features(changed).narrow(1, 0, 7), causal.features(tokens).narrow(1, 0, 7),
                   "the first seven");
  const Tensor before = other.features(tokens), after = other.features(changed);
  EXPECT_NE(before.data()[0], after.data()[0]);
}

TEST(Stack, GivesASentenceTheSameFeaturesBesideALongerOne) {
  const NoGrad no_grad;
  const TokenBatch tokens = random_tokens({9, 4}, 30, 1);
  for (const bool causal : {false, true}) {
    const Made made(causal);
    golden::expect_near(made.features(tokens).narrow(0, 1, 1).narrow(1, 0, 4), made.features(alone(tokens, 1)), 1e-5,
                        causal ? "causal" : "not causal");
  }
}

TEST(Stack, GoesOnFromTheRowsSelected) {
  const NoGrad no_grad;
  const TokenBatch first = random_tokens({3, 3}, 30, 1), next = random_tokens({1, 1, 1, 1}, 30, 2);
  const Remembered remembered({5, 3});
  const Made made(true, 8);
  StackState state = made.stack.start(&remembered.memory);
  made.stack.decode(first, state);
  const std::vector<int64_t> twice = {0, 0, 1, 1};
  state.select(twice);
  const Tensor found = made.stack.decode(next, state).value();
  for (int64_t row = 0; row < 4; ++row) {
    StackState own = made.stack.start(&remembered.memory);
    made.stack.decode(first, own);
    const TokenBatch both{2, 1, {next.ids[row], next.ids[row]}, {1, 1}, {}};
    golden::expect_near(found.narrow(0, row, 1), made.stack.decode(both, own).value().narrow(0, row / 2, 1), 1e-5,
                        fmt::format("row {}", row));
  }
}

TEST(Stack, KeepsTheAttentionToTheMemoryIfAsked) {
  const NoGrad no_grad;
  const Remembered remembered({5, 3});
  const Made made(true, 8);
  StackState state = made.stack.start(&remembered.memory);
  state.keep_attention();
  made.stack.decode(random_tokens({1, 1}, 30, 1), state);
  ASSERT_EQ(state.attention().shape(), (Shape{2, 5}));
  for (int64_t row = 0; row < 2; ++row) {
    const auto weights = state.attention().narrow(0, row, 1).contiguous();
    double sum = 0;
    for (int64_t key = 0; key < 5; ++key) {
      sum += weights.data()[key];
      EXPECT_EQ(weights.data()[key] == 0, key >= remembered.memory.lengths[row]) << row << ' ' << key;
    }
    EXPECT_NEAR(sum, 1, 1e-5);
  }
}

TEST(Stack, HasTheSameGradientsWhereActivationsAreRecomputed) {
  const TokenBatch tokens = random_tokens({6, 4}, 30, 1);
  const Packing packing(tokens.length, tokens.lengths);
  TransformerOptions options = tiny_options();
  options.dropout = options.activation_dropout = options.attention.dropout = 0.3;  // whose masks are drawn again
  std::vector<std::vector<Tensor>> gradients;
  std::vector<Tensor> of_memory;
  for (const Activations activations : {Activations::kKept, Activations::kRecomputed}) {
    Made made(true, 8, options);
    Remembered remembered({5, 3});
    remembered.memory.x = Variable(remembered.memory.x.value(), true);
    seed_random_operators(3);
    const Variable x = made.stack(tokens, packing, &remembered.memory, activations);
    backward(x, random_tensor(x.shape(), 4));
    auto& found = gradients.emplace_back();
    for (const auto& parameter : made.stack.parameters()) found.push_back(parameter.variable.gradient());
    found.push_back(made.embedding->weight.gradient());
    of_memory.push_back(remembered.memory.x.gradient());
  }
  for (size_t i = 0; i < gradients[0].size(); ++i) {
    expect_same_bits(gradients[1][i], gradients[0][i], fmt::format("parameter {}", i));
  }
  golden::expect_near(of_memory[1], of_memory[0], 1e-6, "memory, to which the layers add in another order");
}

TEST(Stack, HoldsFarLessWhereActivationsAreRecomputed) {
  const TokenBatch tokens = random_tokens({60, 45, 58, 50, 55, 60, 35, 30}, 30, 1);
  const Packing packing(tokens.length, tokens.lengths);
  const Remembered remembered({5, 3, 4, 5, 2, 5, 1, 5});
  TransformerOptions options = tiny_options();
  options.decoder.layers = 6;
  for (const Memory* memory : {static_cast<const Memory*>(nullptr), &remembered.memory}) {
    const Made made(true, memory ? 8 : 0, options);
    const auto held = [&](Activations activations) {
      return heap_held_by([&] { return made.stack(tokens, packing, memory, activations); });
    };
    EXPECT_LT(3 * held(Activations::kRecomputed), held(Activations::kKept)) << (memory ? "with a memory" : "alone");
  }
}

TEST(Stack, TurnsQueriesAndKeysOfTheMemoryIfAsked) {
  const NoGrad no_grad;
  const TokenBatch tokens = random_tokens({6, 4}, 30, 1);
  const Remembered remembered({5, 3});
  const auto features = [&](const std::string& encoding, bool turns) {
    TransformerOptions options = tiny_options();
    options.position.encoding = encoding;
    options.position.rotary_cross_attention = turns;
    return numbers(Made(true, 8, options).features(tokens, &remembered.memory));
  };
  EXPECT_NE(features("rope", true), features("rope", false));
  EXPECT_EQ(features("alibi", true), features("alibi", false)) << "which turns nothing";
}

/// With every other rate 0, so that each one is seen alone.
TEST(Stack, DropsInTrainingWhatEachRateIsOf) {
  const TokenBatch tokens = random_tokens({6, 4}, 30, 1);
  const Remembered remembered({5, 3});
  struct Case {
    const char* name;
    void (*set)(TransformerOptions&);
    const Memory* memory = nullptr;
  };
  const auto attention_to_memory = [](TransformerOptions& o) {
    o.attention.dropout = 0.5;
    o.decoder.autoreg = kSsru;  // of which attention to the memory is the only one
  };
  for (const Case& each : {Case{"dropout", [](TransformerOptions& o) { o.dropout = 0.5; }},
                           Case{"word dropout", [](TransformerOptions& o) { o.decoder.word_dropout = 0.5; }},
                           Case{"activation", [](TransformerOptions& o) { o.activation_dropout = 0.5; }},
                           Case{"attention", [](TransformerOptions& o) { o.attention.dropout = 0.5; }},
                           Case{"attention to a memory", attention_to_memory, &remembered.memory}}) {
    TransformerOptions options = tiny_options();
    each.set(options);
    const Made made(true, each.memory ? 8 : 0, options);
    const auto features = [&](uint64_t seed) {
      seed_random_operators(seed);
      return numbers(made.features(tokens, each.memory));
    };
    const auto first = features(1);
    EXPECT_EQ(features(1), first) << each.name;
    EXPECT_NE(features(2), first) << each.name;
    const NoGrad no_grad;
    EXPECT_EQ(features(1), features(2)) << each.name;
    EXPECT_NE(features(1), first) << each.name;
  }
}

/// A stack is its layers one after the other, of which each has another seed.
TEST(Stack, GivesEachLayerRandomVectorsOfItsOwn) {
  const NoGrad no_grad;
  TransformerOptions options = tiny_options();
  options.attention.kernel = "performer";
  options.position.encoding = "none";
  Made made(true, 0, options);
  const TokenBatch tokens = random_tokens({5, 5}, 30, 1);
  const Pass pass{{0, 5}, {}, {{}, {}, /*causal=*/true}, {}};
  const auto layer = [&](int64_t number, uint64_t seed) {
    const auto none = std::make_shared<PositionEncoding>();
    auto made_alone = std::make_unique<Layer>(options.decoder, options, 0, LayerPositions{none, false, none}, seed);
    std::map<std::string, Tensor> values;
    for (const auto& [name, value] : made.stack.values()) values[name] = value;
    for (const auto& parameter : made_alone->parameters(fmt::format("layers.{}.", number))) {
      parameter.variable.value().copy_from(values.at(parameter.name));
    }
    return made_alone;
  };
  const Variable x = reshape((*made.embedding)(tokens.ids), {2, 5, 12});
  const auto features = [&](uint64_t of_first, uint64_t of_second) {
    const Variable y = (*layer(0, of_first))(x, pass, nullptr);
    return (*layer(1, of_second))(y, pass, nullptr).value();
  };
  const Tensor found = made.features(tokens), same = features(0, 0);
  golden::expect_near(found, features(0, 1), 1e-6, "layers of the seeds 0 and 1");
  EXPECT_NE(numbers(found), numbers(same));
}

TEST(Stack, LeavesLayersOutInTrainingAlone) {
  TransformerOptions options = tiny_options();
  options.decoder.layerdrop = 0.999999;
  const Made made(true, 0, options);
  const TokenBatch tokens = random_tokens({5}, 30, 1);
  seed_random_operators(1);
  const Tensor trained = made.features(tokens);
  const NoGrad no_grad;
  const Tensor whole = made.features(tokens);
  EXPECT_NE(trained.data()[0], whole.data()[0]);
  golden::expect_near(whole, Made().features(tokens), 1e-6, "without LayerDrop");
}

TEST(Stack, ServesThePositionsOfItsEncoding) {
  TransformerOptions options = tiny_options();
  EXPECT_EQ(Made(true, 0, options).stack.max_positions(), kUnlimitedPositions);
  options.position.encoding = "learned";
  options.position.max_positions = 40;
  EXPECT_EQ(Made(true, 0, options).stack.max_positions(), 40);
}

}  // namespace
}  // namespace rotor

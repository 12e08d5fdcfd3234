// Speed of single kernels and layers, by Google Benchmark: `kernels --benchmark_filter=Product`. Threads are those of
// OMP_NUM_THREADS. Rates: FLOP/s of products, tokens/s of layers, bytes/s of what memory bounds.
#include <benchmark/benchmark.h>

#include "autograd/elementwise.h"
#include "autograd/favor.h"
#include "autograd/layers.h"
#include "autograd/linear_attention.h"
#include "autograd/losses.h"
#include "kernel/bfloat16.h"
#include "kernel/gemm.h"
#include "kernel/onednn.h"
#include "kernel/quantized_products.h"
#include "kernel/random_features.h"
#include "kernel/rows.h"
#include "model/encoder_decoder.h"

namespace rotor {
namespace {

using benchmark::Counter;
using benchmark::State;

constexpr int64_t kTokens = 4096;

Tensor numbers(const Shape& shape) {
  return Tensor::full(shape, 0.01f);
}

void rate(State& state, const char* name, int64_t an_iteration) {
  state.counters[name] = Counter(static_cast<double>(an_iteration), Counter::kIsIterationInvariantRate);
}

enum { kForward, kInputGradient, kWeightGradient };

/// Arguments: width of the input, of the output, which of a linear layer's three products, bfloat16 or not.
void product(State& state) {
  const int64_t in = state.range(0), out = state.range(1);
  set_product_precision(state.range(3) ? Precision::kBfloat16 : Precision::kFloat32);
  const Tensor x = numbers({kTokens, in}), w = numbers({out, in}), y = numbers({kTokens, out});
  for (auto _ : state) {
    switch (state.range(2)) {
      case kForward:
        gemm(false, true, kTokens, out, in, x.data(), in, w.data(), in, 0, y.data(), out);
        break;
      case kInputGradient:
        gemm(false, false, kTokens, in, out, y.data(), out, w.data(), in, 0, x.data(), in);
        break;
      default:
        gemm(true, false, out, in, kTokens, y.data(), out, x.data(), in, 1, w.data(), in);
    }
  }
  set_product_precision(Precision::kFloat32);
  rate(state, "FLOP/s", 2 * kTokens * in * out);
}
BENCHMARK(product)
    ->Name("Product")
    ->ArgNames({"in", "out", "gradient", "bf16"})
    ->ArgsProduct({{128}, {128, 256}, {0, 1, 2}, {0, 1}})
    ->ArgsProduct({{512}, {512, 2048}, {0, 1, 2}, {0, 1}})
    ->ArgsProduct({{2048}, {512}, {0, 1, 2}, {0, 1}})
    ->UseRealTime();

/// The same products by oneDNN, whole, on one thread.
void library_product(State& state) {
  onednn::use_one_thread();
  const int64_t in = state.range(0), out = state.range(1);
  const Tensor x = numbers({kTokens, in}), w = numbers({out, in}), y = numbers({kTokens, out});
  for (auto _ : state) {
    switch (state.range(2)) {
      case kForward:
        dnnl::sgemm('N', 'T', kTokens, out, in, 1, x.data(), in, w.data(), in, 0, y.data(), out);
        break;
      case kInputGradient:
        dnnl::sgemm('N', 'N', kTokens, in, out, 1, y.data(), out, w.data(), in, 0, x.data(), in);
        break;
      default:
        dnnl::sgemm('T', 'N', out, in, kTokens, 1, y.data(), out, x.data(), in, 1, w.data(), in);
    }
  }
  rate(state, "FLOP/s", 2 * kTokens * in * out);
}
BENCHMARK(library_product)
    ->Name("LibraryProduct")
    ->ArgNames({"in", "out", "gradient"})
    ->ArgsProduct({{128}, {128, 256}, {0, 1, 2}})
    ->ArgsProduct({{512}, {512, 2048}, {0, 1, 2}})
    ->ArgsProduct({{2048}, {512}, {0, 1, 2}})
    ->UseRealTime();

/// Products of translation. Arguments: WeightType, rows, width of the input, of the output.
void packed(State& state) {
  const int64_t rows = state.range(1), in = state.range(2), out = state.range(3);
  const auto weights = pack_weights(numbers({out, in}), static_cast<WeightType>(state.range(0)));
  const Tensor x = numbers({rows, in}), bias = numbers({out});
  for (auto _ : state) benchmark::DoNotOptimize(weights->product(x, bias).data());
  rate(state, "FLOP/s", 2 * rows * in * out);
}
BENCHMARK(packed)
    ->Name("Packed")
    ->ArgNames({"type", "rows", "in", "out"})
    ->ArgsProduct({{0, 1, 2}, {1, 4, 64, 256}, {128}, {128, 256, 10000}})
    ->ArgsProduct({{0, 1, 2}, {1, 4, 64, 256}, {512}, {512, 2048, 32000}})
    ->UseRealTime();

/// Forward and backward of f(x) for x [tokens, width].
template <typename F>
void pass(State& state, const Shape& shape, F f) {
  const Variable x(numbers(shape), true);
  for (auto _ : state) {
    const Variable y = f(x);
    backward(y, numbers(y.shape()));
  }
  rate(state, "tokens/s", shape.elements() / shape[shape.rank() - 1]);
}

void norm(State& state) {
  const Variable w(numbers({state.range(0)}), true), b(numbers({state.range(0)}), true);
  pass(state, {kTokens, state.range(0)}, [&](const Variable& x) { return layer_norm(x, w, b); });
}
BENCHMARK(norm)->Name("LayerNorm")->ArgName("width")->Arg(128)->Arg(512)->UseRealTime();

void exact_gelu(State& state) {
  pass(state, {kTokens, state.range(0)}, [](const Variable& x) { return gelu(x); });
}
BENCHMARK(exact_gelu)->Name("Gelu")->ArgName("width")->Arg(512)->Arg(2048)->UseRealTime();

void residual(State& state) {
  const Variable y(numbers({kTokens, state.range(0)}), true);
  pass(state, {kTokens, state.range(0)}, [&](const Variable& x) { return add_dropout(x, y, 0.1f); });
}
BENCHMARK(residual)->Name("DropoutAndResidual")->ArgName("width")->Arg(128)->Arg(512)->UseRealTime();

/// Arguments: width, heads, tokens a sentence.
void attention(State& state) {
  const int64_t width = state.range(0), heads = state.range(1), length = state.range(2);
  const AttentionMask causal{{}, {}, true};
  pass(state, {kTokens / length, length, width}, [&](const Variable& x) {
    const Variable q = split_heads(x, heads);
    return merge_heads(fused_attention(q, q, q, causal, 0));
  });
}
BENCHMARK(attention)
    ->Name("Attention")
    ->ArgNames({"width", "heads", "length"})
    ->ArgsProduct({{128}, {4}, {16, 64, 256, 1024}})
    ->ArgsProduct({{512}, {8}, {16, 64, 256, 1024}})
    ->UseRealTime();

/// Causal FAVOR+ with the default number of features. Arguments: width, heads, tokens a sentence.
void favor(State& state) {
  const int64_t width = state.range(0), heads = state.range(1), length = state.range(2), d = width / heads;
  const AttentionMask causal{{}, {}, true};
  const FavorProjection projection(random_features(default_random_features(d), d, 1));
  pass(state, {kTokens / length, length, width}, [&](const Variable& x) {
    const Variable q = split_heads(x, heads), queries = favor_queries(q, projection, causal);
    const KeyFeatures keys = favor_keys(q, projection, causal, {});
    return merge_heads(
        linear_attention(queries, keys.features, q, queries, keys.features, causal, {}, keys.log_scales));
  });
}
BENCHMARK(favor)
    ->Name("Favor")
    ->ArgNames({"width", "heads", "length"})
    ->ArgsProduct({{128}, {4}, {64, 256, 1024, 4096}})
    ->ArgsProduct({{512}, {8}, {64, 256, 1024, 4096}})
    ->UseRealTime();

/// Arguments: width, vocabulary.
void loss(State& state) {
  const int64_t width = state.range(0), vocabulary = state.range(1), rows = 1024;
  const Variable x(numbers({rows, width}), true), w(numbers({vocabulary, width}), true);
  const std::vector<int32_t> targets(rows, 5);
  for (auto _ : state) backward(projected_cross_entropy(x, w, targets, 0.1f).loss);
  rate(state, "tokens/s", rows);
}
BENCHMARK(loss)
    ->Name("ProjectedCrossEntropy")
    ->ArgNames({"width", "vocabulary"})
    ->ArgsProduct({{128, 512}, {8000, 16000, 32000, 64000}})
    ->UseRealTime();

/// A whole encoder and decoder layer with embeddings and loss, forward and backward. Arguments: width, tokens a
/// sentence.
void transformer(State& state) {
  const int64_t width = state.range(0), length = state.range(1);
  TransformerOptions o;
  o.encoder.layers = o.decoder.layers = 1;
  o.encoder.embed_dim = o.decoder.embed_dim = width;
  o.encoder.ffn_embed_dim = o.decoder.ffn_embed_dim = 4 * width;
  o.encoder.attention_heads = o.decoder.attention_heads = width / 64;
  o.source_vocabulary = o.target_vocabulary = 10000;
  EncoderDecoder model(o);
  model.initialise(1);
  const auto count = static_cast<int32_t>(length);
  const TokenBatch tokens{
      kTokens / length, length, std::vector<int32_t>(kTokens, 7), std::vector<int32_t>(kTokens / length, count), {}};
  for (auto _ : state) {
    backward(projected_cross_entropy(model.features(tokens, tokens), model.output().weight, tokens.ids, 0.1f).loss);
  }
  rate(state, "tokens/s", kTokens);
}
BENCHMARK(transformer)
    ->Name("TransformerOfOneLayer")
    ->ArgNames({"width", "length"})
    ->ArgsProduct({{512}, {64, 256, 1024, 2048}})
    ->ArgsProduct({{128, 256, 1024}, {64}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace rotor

BENCHMARK_MAIN();

// What the parts of one training update cost alone, and what matrix products alone would allow:
//   training_parts --arch transformer_base [--measured 515] [--json parts.json]
// Every kernel runs at the model's shapes as often as one update of --tokens source and target tokens runs it; medians
// of some repetitions. With --measured, the target tokens/s that rotor-train reached, it says which share of the
// products' limit that is and where the rest goes.
#include <fmt/format.h>

#include <fstream>
#include <functional>
#include <iostream>

#include "autograd/elementwise.h"
#include "autograd/layers.h"
#include "autograd/packing.h"
#include "base/command_line.h"
#include "base/json.h"
#include "base/run_app.h"
#include "base/threads.h"
#include "kernel/bfloat16.h"
#include "kernel/gemm.h"
#include "kernel/products.h"
#include "kernel/rows.h"
#include "median_seconds.h"
#include "model/encoder_decoder.h"
#include "train/adam.h"

namespace rotor {
namespace {

constexpr int64_t kChunk = 256;  // rows of logits at a time

Variable leaf(const Shape& shape) {
  return {Tensor::full(shape, 0.01f), true};
}

/// Forward and backward of an operator.
double pass_seconds(const std::function<Variable()>& f) {
  return median_seconds([&] {
    const Variable y = f();
    backward(y, Tensor::full(y.shape(), 0.01f));
  });
}

class Parts {
 public:
  Parts(const TransformerOptions& options, int64_t tokens, int64_t length)
      : o_(options), tokens_(tokens / length * length), length_(length) {}

  double seconds(const std::string& part) const {
    for (const auto& [name, seconds] : parts_) {
      if (name == part) return seconds;
    }
    return 0;
  }
  const std::vector<std::pair<std::string, double>>& all() const { return parts_; }
  int64_t tokens() const { return tokens_; }
  double operations() const { return operations_; }

  void measure() {
    const int64_t width = o_.encoder.embed_dim, inner = o_.encoder.ffn_embed_dim;
    const double layers = static_cast<double>(o_.encoder.layers + o_.decoder.layers);
    const double attentions = static_cast<double>(o_.encoder.layers + 2 * o_.decoder.layers);
    const double norms = layers + attentions;
    product(tokens_, width, width, 4 * attentions);
    product(tokens_, width, inner, layers);
    product(tokens_, inner, width, layers);
    product(kChunk, width, o_.target_vocabulary, static_cast<double>(tokens_) / kChunk);

    const Variable x = leaf({tokens_, width}), y = leaf({tokens_, width}), wide = leaf({tokens_, inner});
    const Variable w = leaf({width}), b = leaf({width});
    add("layer norm", norms * pass_seconds([&] { return layer_norm(x, w, b); }));
    add("dropout and residual", norms * pass_seconds([&] { return add_dropout(x, y, 0.1f); }));
    const Tensor row = Tensor::zeros({width}), wide_row = Tensor::zeros({inner});
    add("gradients of biases",
        (4 * attentions + layers) * bias_gradient(x.value(), row) + layers * bias_gradient(wide.value(), wide_row));
    attention(attentions);
    loss(width);
    adam();
  }

 private:
  void add(const std::string& name, double seconds) {
    for (auto& part : parts_) {
      if (part.first == name) {
        part.second += seconds;
        return;
      }
    }
    parts_.emplace_back(name, seconds);
  }

  /// x Wᵀ and its two gradients.
  void product(int64_t rows, int64_t in, int64_t out, double times) {
    const Tensor x = Tensor::full({rows, in}, 0.01f), w = Tensor::full({out, in}, 0.01f),
                 y = Tensor::zeros({rows, out});
    const Tensor d_w = Tensor::zeros(w.shape()), bias = Tensor::zeros({out});
    add("products", times * median_seconds([&] {
                      gemm(false, true, rows, out, in, x.data(), in, w.data(), in, 0, y.data(), out,
                           {bias.data(), out == o_.encoder.ffn_embed_dim});
                      gemm(false, false, rows, in, out, y.data(), out, w.data(), in, 0, x.data(), in);
                      gemm(true, false, out, in, rows, y.data(), out, x.data(), in, 0, d_w.data(), in);
                    }));
    operations_ += 6.0 * times * static_cast<double>(rows * in * out);
  }

  double bias_gradient(const Tensor& x, const Tensor& row) {
    return median_seconds([&] { sum_rows(x, row, 0); });
  }

  void attention(double times) {
    const int64_t heads = o_.encoder.attention_heads, batch = tokens_ / length_;
    std::vector<int32_t> lengths(batch, static_cast<int32_t>(length_));
    lengths[0] = static_cast<int32_t>(length_ - 1);
    const Packing packing(length_, lengths);
    const Variable x = leaf({packing.tokens(), o_.encoder.embed_dim});
    const AttentionMask mask{lengths, lengths};
    add("attention",
        times * pass_seconds([&] {
          return fused_attention({x, packing, heads}, {x, packing, heads}, {x, packing, heads}, mask, 0, 0.1f);
        }));
  }

  void loss(int64_t width) {
    const std::vector<int32_t> targets(kChunk, 5);
    const Tensor logits = Tensor::full({kChunk, o_.target_vocabulary}, 0.01f);
    add("loss",
        static_cast<double>(tokens_) / kChunk * median_seconds([&] { cross_entropy_in_place(logits, targets, 0.1f); }));
    const std::vector<int32_t> ids(tokens_, 7);
    const Variable table = leaf({o_.target_vocabulary, width});
    add("loss", 2 * pass_seconds([&] { return embedding(table, ids, 1, kPad); }));
  }

  void adam() {
    EncoderDecoder model(o_);
    ParameterBuffer parameters(model);
    Adam adam({}, parameters);
    add("optimizer", median_seconds([&] {
          parameters.zero_gradients();
          norm(parameters.gradients());
          adam.step(1e-4, 1);
        }));
  }

  TransformerOptions o_;
  int64_t tokens_, length_;
  double operations_ = 0;
  std::vector<std::pair<std::string, double>> parts_;
};

void run(int argc, char** argv) {
  TransformerOptions model;
  int64_t tokens = 3900, length = 15, threads = 0;
  double measured = 0;
  bool bf16 = false;
  std::string json;
  CommandLine options("training_parts", "training_parts [options]",
                      "What the parts of one training update cost alone, and what matrix products alone would allow.");
  options.group("Measurement");
  options.add("tokens", &tokens, "target tokens of an update, and source tokens");
  options.add("length", &length, "tokens of a sentence");
  options.add("vocabulary", &model.target_vocabulary, "words of the joined vocabulary");
  options.add("measured", &measured, "target tokens/s of rotor-train with this model; 0: unknown");
  options.add("bf16", &bf16, "products in bfloat16");
  options.add("threads", &threads, "threads of every computation; 0: OMP_NUM_THREADS, else the cores there are");
  options.add("json", &json, "file for the figures");
  model.target_vocabulary = 10000;
  model.describe(options);
  options.read(argc, argv);
  if (const std::string arch = options.given("arch"); !arch.empty()) model.apply_architecture(arch);
  options.apply();
  model.source_vocabulary = model.target_vocabulary;
  if (threads > 0) set_threads(threads);
  set_product_precision(bf16 ? Precision::kBfloat16 : Precision::kFloat32);

  Parts parts(model, tokens, length);
  parts.measure();
  const auto count = static_cast<double>(parts.tokens());
  const double products = parts.seconds("products"), whole = measured > 0 ? count / measured : 0;
  std::cout << fmt::format("products alone: {:.0f} GFLOP/s, {:.0f} target tokens/s\n",
                           parts.operations() / products / 1e9, count / products);
  double accounted = 0;
  nlohmann::ordered_json figures = {{"arch", model.arch},
                                    {"limit_tokens_per_second", count / products},
                                    {"products_gflops", parts.operations() / products / 1e9}};
  for (const auto& [name, seconds] : parts.all()) {
    accounted += seconds;
    figures["seconds"][name] = seconds;
    std::cout << fmt::format("{:<22} {:8.1f} ms", name, 1e3 * seconds)
              << (whole > 0 ? fmt::format("  {:4.1f} %\n", 100 * seconds / whole) : "\n");
  }
  if (whole > 0) {
    figures["share_of_limit"] = measured * products / count;
    figures["seconds"]["all else"] = whole - accounted;
    std::cout << fmt::format(
        "{:<22} {:8.1f} ms  {:4.1f} %\nmeasured: {:.0f} target tokens/s, {:.0f} % of the products' limit\n", "all else",
        1e3 * (whole - accounted), 100 * (1 - accounted / whole), measured, 100 * measured * products / count);
  }
  if (!json.empty()) std::ofstream(json) << figures.dump(2) << "\n";
}

}  // namespace
}  // namespace rotor

int main(int argc, char** argv) {
  return rotor::run_app([&] { rotor::run(argc, argv); });
}

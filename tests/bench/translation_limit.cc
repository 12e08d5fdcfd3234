// What the matrix products of translation allow at best, and the memory that their weights lie in:
//   translation_limit model.safetensors --rows 256 --source-rows 1000 --quantize int8
// Every product of the encoder with --source-rows tokens, and of one step of the decoder with --rows hypotheses, with
// nothing between them; and how long reading the weights of a step takes. Prints JSON for compare_translation.py.
#include <iostream>

#include "base/command_line.h"
#include "base/json.h"
#include "base/run_app.h"
#include "base/threads.h"
#include "kernel/simd.h"
#include "median_seconds.h"
#include "model/model_file.h"
#include "tensor/parallel.h"

namespace rotor {
namespace {

constexpr int64_t kBytes = 1 << 16;  // of memory that a thread reads at a time

bool is_of_encoder(const std::string& name) {
  return name.starts_with("encoder.layers.") ||
         (name.starts_with("decoder.layers.") && (name.find("encoder_attn.k_proj") != std::string::npos ||
                                                  name.find("encoder_attn.v_proj") != std::string::npos));
}

/// The matrix that makes logits: its own, or the words' of the decoder, or of both.
std::string output_of(const SafeTensors& file) {
  for (const char* name : {"decoder.output_projection.weight", "decoder.embed_tokens.weight"}) {
    if (file.contains(name)) return name;
  }
  return "encoder.embed_tokens.weight";
}

/// The products of a model with rows of one number, in the model's order.
class Products {
 public:
  explicit Products(int64_t rows) : rows_(rows) {}

  void add(const Tensor& weight, WeightType type) {
    weights_.push_back(pack_weights(weight, type));
    inputs_.push_back(Tensor::full({rows_, weight.size(1)}, 0.01f));
    numbers_ += weight.elements();
  }
  double seconds() const {
    return median_seconds([&] {
      for (size_t i = 0; i < weights_.size(); ++i) weights_[i]->product(inputs_[i], Tensor());
    });
  }
  int64_t numbers() const { return numbers_; }

 private:
  int64_t rows_, numbers_ = 0;
  std::vector<std::unique_ptr<PackedWeights>> weights_;
  std::vector<Tensor> inputs_;
};

/// Reading so many bytes over and over, as a step does its weights.
double reading_seconds(int64_t bytes) {
  const int64_t blocks = (bytes + kBytes - 1) / kBytes;
  const Tensor memory = Tensor::full({blocks, kBytes / 4}, 0.f), sums({blocks});
  return median_seconds([&] {
    parallel_for(true, blocks, [&](int64_t b) {
      const float* from = memory.data() + b * kBytes / 4;
      Vector sum[8] = {};
      for (int64_t i = 0; i < kBytes / 4; i += 8 * kLanes) {
        for (int j = 0; j < 8; ++j) sum[j] += load(from + i + j * kLanes);
      }
      for (int j = 1; j < 8; ++j) sum[0] += sum[j];
      sums.data()[b] = sum_lanes(sum[0]);
    });
  });
}

void measure(int argc, char** argv) {
  std::string model, quantize = "none";
  int64_t rows = 256, source_rows = 1000, threads = 0;
  CommandLine options("translation_limit", "translation_limit model.safetensors [options]",
                      "What the matrix products of translation allow at best.");
  options.positional("model", model, "a model in floats");
  options.group("Measurement");
  options.add("rows", rows, "hypotheses that step at a time");
  options.add("source-rows", source_rows, "source tokens that are encoded at a time");
  options.add("quantize", quantize, "the weights", {"none", "bf16", "int8"});
  options.add("threads", threads, "threads of every product; 0: OMP_NUM_THREADS, else the cores there are");
  options.parse(argc, argv);
  set_threads(threads);

  const SafeTensors file(model);
  const WeightType type = weight_type_named(quantize);
  Products encoder(source_rows), step(rows);
  for (const auto& [name, tensor] : file.tensors()) {
    if (!is_product_matrix(name, static_cast<int>(tensor.shape.size()))) continue;
    if (is_of_encoder(name)) {
      encoder.add(file.tensor(name), type);
    } else if (name.starts_with("decoder.layers.") || name == output_of(file)) {
      step.add(file.tensor(name), type);
    }
  }
  const int64_t bytes = step.numbers() * (type == WeightType::kInt8 ? 1 : type == WeightType::kBfloat16 ? 2 : 4);
  std::cout << nlohmann::ordered_json{{"encoder_seconds", encoder.seconds()},
                                      {"step_seconds", step.seconds()},
                                      {"step_weight_bytes", bytes},
                                      {"step_reading_seconds", reading_seconds(bytes)}}
            << "\n";
}

}  // namespace
}  // namespace rotor

int main(int argc, char** argv) {
  return rotor::run_app([&] { rotor::measure(argc, argv); });
}

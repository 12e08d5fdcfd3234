#include "model/classifier.h"

#include "autograd/elementwise.h"
#include "autograd/packing.h"

namespace rotor {

Classifier::Classifier(const TransformerOptions& o) : TextEncoder(o) {
  if (o.head.kind != "linear") {
    dense_ = std::make_unique<Linear>(width(), width(), uniform_by_input(width()), uniform_by_input(width()));
    part("head.dense", *dense_);
  }
  const int64_t outputs = o.head.outputs();
  set_output(parameter("head.out_proj.weight", {outputs, width()}, uniform_by_input(width())),
             parameter("head.out_proj.bias", {outputs}, zeros()));
}

Variable Classifier::features(const TokenBatch& input, Activations activations) const {
  const HeadOptions& head = options().head;
  const auto rate = static_cast<float>(options().dropout);
  const Variable x = pooled(encode(input, activations), Packing(input.length, input.lengths), head.pooling);
  if (head.kind == "bert") return dropout(tanh((*dense_)(x)), rate);
  if (head.kind == "roformer") return dropout(gelu((*dense_)(dropout(x, rate))), rate);
  return dropout(x, rate);
}

std::unique_ptr<Classifier> load_classifier(const SafeTensors& file, std::optional<WeightType> type,
                                            const std::optional<RopeScalingOptions>& scaling) {
  const TransformerOptions options = read_model_options(file);
  ROTOR_CHECK(options.has_head(), "{}: expected a model of the task {} or {}, got one of the task {}",
              file.path().string(), kSentencePrediction, kSentenceRanking, options.task);
  return std::unique_ptr<Classifier>(static_cast<Classifier*>(load_for_decoding(file, type, {}, scaling).release()));
}

Variable pooled(const Variable& features, const Packing& packing, const std::string& pooling) {
  if (pooling == "mean") return row_means(features, packing);
  std::vector<int32_t> first;
  for (int64_t row = 0; row < packing.rows(); ++row) first.push_back(static_cast<int32_t>(packing.begin(row)));
  return rows_at(features, first);
}

}  // namespace rotor

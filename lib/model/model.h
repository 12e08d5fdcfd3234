// Model: what all models have in common: their options, and a layer that turns features into scores of tokens.
#pragma once

#include <memory>
#include <utility>

#include "model/options.h"
#include "nn/embedding.h"

namespace rotor {

class Model : public Module {
 public:
  /// Impossible options are a UsageError.
  explicit Model(const TransformerOptions& options) : options_((options.check(), options)) {}

  /// Initialises the parameters as the layers do, or as --initial-deviation says.
  void initialise(uint64_t seed) override;

  const TransformerOptions& options() const { return options_; }

  /// Scores of the next tokens, [.., D] -> [.., V]; models of sentence vectors have none.
  const OutputLayer& output() const { return *output_; }
  OutputLayer& output() { return *output_; }

 protected:
  /// An embedding of the stack's width.
  std::shared_ptr<Embedding> make_embedding(int64_t vocabulary, const StackOptions& stack) const;
  /// The bias of a decoder's scores, undefined without --output-bias.
  Variable decoder_output_bias();
  void set_output(Variable weight, Variable bias = {}) {
    output_ = std::make_unique<OutputLayer>(std::move(weight), std::move(bias));
  }

  void prepare_own(WeightType type, const WeightSource& source) override {
    if (output_) output_->prepare(type, source(output_->weight.value()));
  }

 private:
  TransformerOptions options_;
  std::unique_ptr<OutputLayer> output_;
};

/// A new model of the options' task, whose parameters are not initialised.
std::unique_ptr<Model> make_model(const TransformerOptions& options);

}  // namespace rotor

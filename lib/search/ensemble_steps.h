// The StepModel of an ensemble: models of one vocabulary, whose probabilities of the next token and whose attention are
// averaged. A temperature divides the scores of each before.
#pragma once

#include <memory>
#include <vector>

#include "search/step_model.h"

namespace rotor {

class EnsembleSteps : public StepModel {
 public:
  /// There is at least one model.
  explicit EnsembleSteps(std::vector<std::unique_ptr<StepModel>> models)
      : StepModel(models.at(0)->specials()), models_(std::move(models)) {}

  bool divide_scores(double temperature) override;
  int64_t begin(std::span<const SearchInput> inputs) override;
  void keep(std::span<const int64_t> inputs) override;
  void step(std::span<const int32_t> tokens, std::span<const int64_t> parents) override;
  Tensor scores(int64_t first, int64_t count) const override;
  std::span<const int32_t> tokens(int64_t input) const override { return models_[0]->tokens(input); }
  Tensor attention() const override;

 private:
  std::vector<std::unique_ptr<StepModel>> models_;
  float factor_ = 1;  ///< of each model's scores: 1 / temperature
};

/// Returns the log of the mean of e^x over tensors x of one shape; x may be −∞.
Tensor log_mean_exp(const std::vector<Tensor>& logs);

}  // namespace rotor

// A model whose steps end, by an exception, once nobody waits for what is searched with it.
#pragma once

#include <functional>
#include <stdexcept>

#include "search/step_model.h"

namespace rotor {

class WantedSteps : public StepModel {
 public:
  /// The exception that step() throws then.
  struct Unwanted : std::runtime_error {
    Unwanted() : std::runtime_error("nobody waits for this translation") {}
  };

  /// Both arguments must outlive this object.
  WantedSteps(StepModel& model, const std::function<bool()>& wanted)
      : StepModel(model.specials()), model_(model), wanted_(wanted) {}

  bool divide_scores(double temperature) override { return model_.divide_scores(temperature); }
  int64_t begin(std::span<const SearchInput> inputs) override {
    model_.want_attention(wants_attention());
    return model_.begin(inputs);
  }
  void keep(std::span<const int64_t> inputs) override { model_.keep(inputs); }
  void step(std::span<const int32_t> tokens, std::span<const int64_t> parents) override {
    if (!wanted_()) throw Unwanted();
    model_.step(tokens, parents);
  }
  Tensor scores(int64_t first, int64_t count) const override { return model_.scores(first, count); }
  std::span<const int32_t> tokens(int64_t input) const override { return model_.tokens(input); }
  Tensor attention() const override { return model_.attention(); }

 private:
  StepModel& model_;
  const std::function<bool()>& wanted_;
};

}  // namespace rotor

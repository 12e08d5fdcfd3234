// Streaming: the text of one hypothesis as its tokens are made, for those who watch. It works for searches of one row,
// whose tokens are final as they come: --beam 1, greedy or sampling.
#pragma once

#include <functional>
#include <ostream>
#include <string>

#include "search/step_model.h"

namespace rotor {

/// A model that tells each token which the search makes, in the search's next step.
class ToldSteps : public StepModel {
 public:
  using Tell = std::function<void(int32_t token)>;

  /// `model` must outlive this object.
  ToldSteps(StepModel& model, Tell tell) : StepModel(model.specials()), model_(model), tell_(std::move(tell)) {}

  bool divide_scores(double temperature) override { return model_.divide_scores(temperature); }

  /// There is one input.
  int64_t begin(std::span<const SearchInput> inputs) override;
  void keep(std::span<const int64_t> inputs) override { model_.keep(inputs); }
  void step(std::span<const int32_t> tokens, std::span<const int64_t> parents) override;
  Tensor scores(int64_t first, int64_t count) const override { return model_.scores(first, count); }
  std::span<const int32_t> tokens(int64_t input) const override { return model_.tokens(input); }
  Tensor attention() const override { return model_.attention(); }

 private:
  StepModel& model_;
  Tell tell_;
  int64_t given_ = 0;  ///< tokens that the next steps get and no search made
};

/// A text that grows on a stream.
class GrowingText {
 public:
  explicit GrowingText(std::ostream& out) : out_(out) {}

  /// Writes what `text` has more than what was written before. It waits with the last characters while they may change:
  /// those that are not whole UTF-8, or stand for such, and beginnings of Moses' entities.
  void show(const std::string& text);

  /// Writes the rest of the whole text; all of it, on a line of its own, if something else was written before.
  void finish(const std::string& text);

 private:
  std::ostream& out_;
  std::string written_;
};

}  // namespace rotor

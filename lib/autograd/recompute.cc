#include "autograd/recompute.h"

namespace rotor {
namespace {

/// An input of the function, off the tape.
struct Input {
  Tensor value;
  bool needs_gradient;
};

/// The same numbers, at the start of a tape of their own.
std::vector<Variable> leaves(const std::vector<Input>& inputs) {
  std::vector<Variable> result;
  result.reserve(inputs.size());
  for (const Input& input : inputs) result.emplace_back(input.value, input.needs_gradient);
  return result;
}

}  // namespace

Variable recompute(const std::vector<Variable>& inputs, const std::function<Variable(std::span<const Variable>)>& f) {
  if (!recording()) return f(inputs);
  std::vector<Input> kept;
  kept.reserve(inputs.size());
  for (const Variable& input : inputs) kept.push_back({input.value(), input.needs_gradient()});
  const RandomSequence before = random_sequence();
  const Variable output = f(leaves(kept));
  if (!output.needs_gradient()) return output.value();
  const Variable leaf(Tensor::zeros({1}), true);  // for the sake of parameters, where no input needs a gradient
  std::vector<TapeInput> on_tape(inputs.begin(), inputs.end());
  on_tape.emplace_back(leaf);
  return record(output.value(), on_tape, [kept = std::move(kept), f, before](const Tensor& gradient, Gradients d) {
    const RandomSequence after = random_sequence();
    set_random_sequence(before);
    const std::vector<Variable> again = leaves(kept);
    backward(f(again), gradient);
    set_random_sequence(after);
    for (size_t i = 0; i < again.size(); ++i) {
      if (again[i].gradient().defined()) d.share(static_cast<int>(i), again[i].gradient());
    }
  });
}

}  // namespace rotor

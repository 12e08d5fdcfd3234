#include "autograd/recompute.h"

namespace rotor {
namespace {

/// The same numbers, at the start of a tape of their own.
std::vector<Variable> leaves(const std::vector<Tensor>& values) {
  std::vector<Variable> result;
  for (const Tensor& value : values) result.emplace_back(value, true);
  return result;
}

}  // namespace

Variable recompute(const std::vector<Variable>& inputs, const std::function<Variable(std::span<const Variable>)>& f) {
  if (!recording()) return f(inputs);
  std::vector<Tensor> values;
  for (const Variable& input : inputs) values.push_back(input.value());
  const RandomSequence before = random_sequence();
  const Tensor output = f(leaves(values)).value();
  return record(output, inputs, [values = std::move(values), f, before](const Tensor& gradient, Gradients d) {
    const RandomSequence after = random_sequence();
    set_random_sequence(before);
    const std::vector<Variable> again = leaves(values);
    backward(f(again), gradient);
    set_random_sequence(after);
    for (size_t i = 0; i < again.size(); ++i) {
      if (again[i].gradient().defined()) d.share(static_cast<int>(i), again[i].gradient());
    }
  });
}

}  // namespace rotor

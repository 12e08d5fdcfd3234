// Reverse-mode differentiation on an eager tape. A Variable is a tensor that remembers how it was computed; record()
// puts an operator's backward beside its forward; backward() walks the tape once and frees it.
//
//   Variable y = sum(mul(x, w));   // operators of "autograd/…"
//   backward(y);                   // x.gradient(), w.gradient()
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>

#include "tensor/tensor.h"

namespace rotor {

class Gradients;
class TapeInput;
struct Node;

/// Adds to each input its share of the gradient of the output. It captures tensors or Kept objects, never Variables.
using Backward = std::function<void(const Tensor& gradient, Gradients inputs)>;

/// A value kept for a backward function: its numbers, or a function that recomputes them once for all holders.
class Kept {
 public:
  Tensor value() const;

 private:
  friend class Variable;
  struct Again {
    std::function<Tensor()> compute;
    Tensor value;
  };
  explicit Kept(Tensor value) : value_(std::move(value)) {}
  explicit Kept(std::shared_ptr<Again> again) : again_(std::move(again)) {}

  Tensor value_;
  std::shared_ptr<Again> again_;
};

/// A Variable's numbers live as long as a Variable or a backward function holds them: the tape itself keeps none.
class Variable {
 public:
  Variable() = default;
  /// A constant, or with `needs_gradient` a leaf whose gradient backward() adds up.
  Variable(Tensor value, bool needs_gradient = false);  // NOLINT: a tensor is a constant

  bool defined() const { return node_ != nullptr || value_.defined(); }
  const Tensor& value() const;
  void set_value(Tensor value);
  bool needs_gradient() const;
  /// Sets whether a leaf needs a gradient; the leaf must not have been used yet.
  void set_needs_gradient(bool needed);
  /// The value in the form that backward functions capture.
  Kept kept() const;
  /// Makes kept() hold `again`, which must recompute the same numbers, in place of the numbers.
  void keep_by(std::function<Tensor()> again);
  /// The gradient; undefined until backward() has reached this leaf.
  const Tensor& gradient() const;
  /// Sets the tensor, of the value's shape, to which gradients are added from now on. Leaves only.
  void set_gradient(Tensor gradient);
  /// `hook` is called by every backward() that reaches this leaf, when the last of its uses has added its gradient.
  void on_gradient(std::function<void()> hook);

  const Shape& shape() const { return value().shape(); }
  int64_t size(int axis) const { return value().size(axis); }
  int rank() const { return value().rank(); }

 private:
  friend Variable record(Tensor, std::span<const TapeInput>, Backward);
  friend void backward(const Variable&, const Tensor&);
  Tensor value_;                ///< of all but leaves
  std::shared_ptr<Node> node_;  ///< null for a constant, which costs what a tensor costs
  std::shared_ptr<Kept::Again> again_;
};

/// The gradients of an operator's inputs, in the order given to record().
class Gradients {
 public:
  explicit Gradients(std::span<const std::shared_ptr<Node>> inputs) : inputs_(inputs) {}

  bool wanted(int input) const;
  /// Adds a tensor that nothing else holds.
  void add(int input, Tensor fresh);
  /// Adds a tensor that is also held elsewhere, such as the output's gradient passed through.
  void share(int input, const Tensor& gradient);
  /// Calls `write(out, beta)`, which must compute out = beta · out + gradient; beta is 0 or 1. For products.
  void accumulate(int input, const std::function<void(const Tensor& out, float beta)>& write);

 private:
  std::span<const std::shared_ptr<Node>> inputs_;
};

/// An input of an operator, which is not copied where nothing is recorded.
class TapeInput {
 public:
  TapeInput(const Variable& variable) : variable_(&variable) {}  // NOLINT: a variable is an input
  const Variable& operator*() const { return *variable_; }
  const Variable* operator->() const { return variable_; }

 private:
  const Variable* variable_;
};

/// Whether record() would keep a backward for these inputs.
bool is_recorded(std::span<const TapeInput> inputs);

/// The result of an operator. The tape keeps it only if some input needs a gradient and no NoGrad is in force; a
/// constant costs what its tensor costs.
Variable record(Tensor value, std::span<const TapeInput> inputs, Backward backward);
template <typename F>
Variable record(Tensor value, std::initializer_list<TapeInput> inputs, F&& backward) {
  const std::span all(inputs.begin(), inputs.size());
  return is_recorded(all) ? record(std::move(value), all, Backward(std::forward<F>(backward)))
                          : Variable(std::move(value));
}

/// Adds the gradient of the scalar `output` to every leaf it depends on, and frees the tape.
void backward(const Variable& output);
/// Backpropagates from an output of any shape, given the gradient with respect to it.
void backward(const Variable& output, const Tensor& gradient);

/// While an instance lives, nothing is recorded on this thread and dropout is the identity. Decoding and validation use
/// it.
class NoGrad {
 public:
  NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  bool before_;
};

bool recording();

/// This thread's sequence of random keys; each random operator takes the next one.
struct RandomSequence {
  uint64_t key = 0, taken = 0;
};
void seed_random_operators(uint64_t key);
uint64_t next_random_key();
RandomSequence random_sequence();
void set_random_sequence(RandomSequence sequence);

}  // namespace rotor

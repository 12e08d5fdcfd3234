#include "autograd/variable.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/random.h"

namespace rotor {

/// One step on the tape.
struct Node {
  Shape shape;
  bool is_leaf = false;
  Tensor leaf;  ///< the numbers of a leaf, which all its Variables share
  Tensor gradient;
  bool needs_gradient = false;
  bool shared = false;  ///< others hold the gradient's memory: copy before writing
  uint64_t order = 0;   ///< of creation: inputs come before outputs
  std::vector<std::shared_ptr<Node>> inputs;
  Backward backward;
  std::function<void()> on_gradient;  ///< of a leaf
};

namespace {

thread_local bool recording_ = true;
thread_local uint64_t order_ = 0;
thread_local RandomSequence random_;

/// All nodes with a backward that `root` depends on, the last made first.
std::vector<std::shared_ptr<Node>> tape_of(const std::shared_ptr<Node>& root) {
  std::vector<std::shared_ptr<Node>> tape, open = {root};
  std::unordered_set<Node*> seen = {root.get()};
  while (!open.empty()) {
    auto node = std::move(open.back());
    open.pop_back();
    for (const auto& input : node->inputs) {
      if (input && input->needs_gradient && seen.insert(input.get()).second) open.push_back(input);
    }
    if (node->backward) tape.push_back(std::move(node));
  }
  std::sort(tape.begin(), tape.end(), [](const auto& a, const auto& b) { return a->order > b->order; });
  return tape;
}

/// The number of steps of the tape for which each leaf with a hook waits.
std::unordered_map<Node*, int64_t> count_uses(const std::vector<std::shared_ptr<Node>>& tape) {
  std::unordered_map<Node*, int64_t> uses;
  for (const auto& node : tape) {
    for (const auto& input : node->inputs) {
      if (input && input->on_gradient) ++uses[input.get()];
    }
  }
  return uses;
}

}  // namespace

Variable::Variable(Tensor value, bool needs_gradient) {
  if (!needs_gradient) {
    value_ = std::move(value);
    return;
  }
  node_ = std::make_shared<Node>();
  node_->shape = value.shape();
  node_->is_leaf = true;
  node_->leaf = std::move(value);
  node_->needs_gradient = true;
}

const Tensor& Variable::value() const {
  return node_ && node_->is_leaf ? node_->leaf : value_;
}

void Variable::set_value(Tensor value) {
  Tensor& own = node_ && node_->is_leaf ? node_->leaf : value_;
  ROTOR_CHECK(value.shape() == own.shape(), "expected a value of shape {}, got {}", own.shape().str(),
              value.shape().str());
  own = std::move(value);
}

Tensor Kept::value() const {
  if (!again_) return value_;
  const bool last = again_.use_count() == 1;  // nobody else will ask
  if (last) return again_->value.defined() ? std::exchange(again_->value, Tensor()) : again_->compute();
  if (!again_->value.defined()) again_->value = again_->compute();
  return again_->value;
}

Kept Variable::kept() const {
  return again_ ? Kept(again_) : Kept(value());
}

void Variable::keep_by(std::function<Tensor()> again) {
  if (recording_) again_ = std::make_shared<Kept::Again>(Kept::Again{std::move(again), {}});
}

bool Variable::needs_gradient() const {
  return node_ && node_->needs_gradient;
}
void Variable::set_needs_gradient(bool needed) {
  ROTOR_CHECK(node_ || !needed, "a constant has no gradient");
  if (!node_) return;
  node_->needs_gradient = needed;
}
const Tensor& Variable::gradient() const {
  static const Tensor none;
  return node_ ? node_->gradient : none;
}

void Variable::set_gradient(Tensor gradient) {
  node_->gradient = std::move(gradient);
  node_->shared = false;
}

void Variable::on_gradient(std::function<void()> hook) {
  node_->on_gradient = std::move(hook);
}

bool Gradients::wanted(int input) const {
  return inputs_[input] && inputs_[input]->needs_gradient;
}

void Gradients::add(int input, Tensor fresh) {
  if (!wanted(input)) return;
  Node& node = *inputs_[input];
  if (!node.gradient.defined()) {
    node.gradient = std::move(fresh);
  } else if (node.shared) {
    fresh.add(node.gradient);
    node.gradient = std::move(fresh);
    node.shared = false;
  } else {
    node.gradient.add(fresh);
  }
}

void Gradients::share(int input, const Tensor& gradient) {
  if (!wanted(input)) return;
  Node& node = *inputs_[input];
  if (!node.gradient.defined()) {
    node.gradient = gradient;
    node.shared = true;
  } else {
    if (node.shared) node.gradient = node.gradient.clone();
    node.shared = false;
    node.gradient.add(gradient);
  }
}

void Gradients::accumulate(int input, const std::function<void(const Tensor& out, float beta)>& write) {
  if (!wanted(input)) return;
  Node& node = *inputs_[input];
  if (!node.gradient.defined()) {
    node.gradient = Tensor(node.shape);
    write(node.gradient, 0);
  } else {
    if (node.shared || !node.gradient.is_contiguous()) node.gradient = node.gradient.clone();
    node.shared = false;
    write(node.gradient, 1);
  }
}

bool is_recorded(std::span<const TapeInput> inputs) {
  return recording_ && std::any_of(inputs.begin(), inputs.end(), [](TapeInput v) { return v->needs_gradient(); });
}

Variable record(Tensor value, std::span<const TapeInput> inputs, Backward backward) {
  Variable result(std::move(value));
  if (!is_recorded(inputs)) return result;
  result.node_ = std::make_shared<Node>();
  Node& node = *result.node_;
  node.shape = result.value_.shape();
  node.needs_gradient = true;
  node.order = ++order_;
  node.backward = std::move(backward);
  for (const TapeInput input : inputs) node.inputs.push_back(input->node_);
  return result;
}

void backward(const Variable& output) {
  ROTOR_CHECK(output.value().elements() == 1, "expected a scalar to differentiate, got shape {}", output.shape().str());
  backward(output, Tensor::full(output.shape(), 1));
}

void backward(const Variable& output, const Tensor& gradient) {
  if (!output.node_) return;
  if (output.node_->is_leaf) {
    const std::shared_ptr<Node> leaf = output.node_;
    Gradients(std::span(&leaf, 1)).share(0, gradient);
    if (leaf->on_gradient) leaf->on_gradient();
    return;
  }
  output.node_->gradient = gradient;
  output.node_->shared = true;
  auto tape = tape_of(output.node_);
  auto uses = count_uses(tape);
  for (auto& node : tape) {
    if (node->gradient.defined()) node->backward(node->gradient, Gradients(node->inputs));
    node->backward = nullptr;  // frees what it captured; the inputs live on in the tape
    for (const auto& input : node->inputs) {
      if (input && input->on_gradient && --uses[input.get()] == 0) input->on_gradient();
    }
    node->inputs.clear();
    node->gradient = Tensor();
    node.reset();
  }
}

NoGrad::NoGrad() : before_(recording_) {
  recording_ = false;
}
NoGrad::~NoGrad() {
  recording_ = before_;
}
bool recording() {
  return recording_;
}

void seed_random_operators(uint64_t key) {
  random_ = {key, 0};
}

uint64_t next_random_key() {
  return derive(random_.key, ++random_.taken);
}

RandomSequence random_sequence() {
  return random_;
}

void set_random_sequence(RandomSequence sequence) {
  random_ = sequence;
}

}  // namespace rotor

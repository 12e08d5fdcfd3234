// Encoders that transformers computed (tests/golden/README.md, encoder_<model>).
#pragma once

#include "autograd/variable.h"
#include "golden.h"
#include "model/model_file.h"

namespace rotor {

/// A model of the class M with its golden's parameters and inputs.
template <typename M>
class EncoderGolden {
 public:
  explicit EncoderGolden(const std::string& name)
      : file_(golden::open("encoder_" + name)),
        model_(static_cast<M*>(load_model(file_).release())),
        input_(batch(file_)) {}

  const SafeTensors& file() const { return file_; }
  M& model() { return *model_; }
  const TokenBatch& input() const { return input_; }
  std::vector<int32_t> integers(const std::string& name) const { return golden::integers(file_, name); }

  void expect_parameters() {
    std::vector<std::string> names, expected;
    for (const auto& parameter : model_->parameters()) names.push_back("gradient." + parameter.name);
    for (const auto& [name, tensor] : file_.tensors()) {
      if (name.starts_with("gradient.")) expected.push_back(name);
    }
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, expected);
  }

  /// Compares a loss, summed over what is predicted, and every gradient. A key's bias adds the same to all scores of a
  /// query where positions do not act on keys, so its gradient is zero but for rounding.
  void expect_gradients(const Variable& loss) {
    EXPECT_NEAR(loss.value().item() / file_.tensor("output.loss").item(), 1, 1e-5);
    backward(loss);
    for (const auto& [name, variable, initialiser] : model_->parameters()) {
      ASSERT_TRUE(variable.gradient().defined()) << name;
      const Tensor expected = file_.tensor("gradient." + name);
      double largest = 0;
      for (const float value : expected.span()) largest = std::max<double>(largest, std::abs(value));
      if (largest > 1e-9) {
        golden::expect_near(variable.gradient(), expected, 1e-4, name);
      } else {
        for (const float value : variable.gradient().contiguous().span()) EXPECT_NEAR(value, 0, 1e-4) << name;
      }
    }
  }

 private:
  static TokenBatch batch(const SafeTensors& file) {
    TokenBatch batch = golden::tokens(file, "input.ids", "input.lengths");
    batch.types = golden::integers(file, "input.types");
    return batch;
  }

  SafeTensors file_;
  std::unique_ptr<M> model_;
  TokenBatch input_;
};

}  // namespace rotor

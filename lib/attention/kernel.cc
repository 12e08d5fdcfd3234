#include "attention/kernel.h"

#include <fmt/ranges.h>

#include "attention/linear.h"
#include "attention/softmax.h"

namespace rotor {

std::vector<std::string> attention_names() {
  return {"softmax", "linear"};
}

std::unique_ptr<AttentionKernel> make_attention(const std::string& name) {
  if (name == "softmax") return std::make_unique<SoftmaxAttention>();
  if (name == "linear") return std::make_unique<LinearAttention>();
  fail("unknown attention '{}'; choose one of: {}", name, fmt::join(attention_names(), ", "));
}

}  // namespace rotor

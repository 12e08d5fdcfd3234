#include "attention/kernel.h"

#include <fmt/ranges.h>

#include "attention/softmax.h"

namespace rotor {

std::vector<std::string> attention_names() {
  return {"softmax"};
}

std::unique_ptr<AttentionKernel> make_attention(const std::string& name) {
  if (name == "softmax") return std::make_unique<SoftmaxAttention>();
  fail("unknown attention '{}'; choose one of: {}", name, fmt::join(attention_names(), ", "));
}

}  // namespace rotor

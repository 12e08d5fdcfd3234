#include "nn/norm.h"

namespace rotor {

std::vector<std::string> norm_names() {
  return {"layer", "rms"};
}

Norm::Norm(int64_t width, const NormOptions& options)
    : weight(parameter("weight", {width}, ones())), epsilon_(static_cast<float>(options.epsilon)) {
  if (options.kind == "layer") bias = parameter("bias", {width}, zeros());
}

}  // namespace rotor

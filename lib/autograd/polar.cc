#include "autograd/polar.h"

#include "kernel/polar.h"

namespace rotor {

Variable polar(const Variable& x, const Variable& phases, int64_t begin, const std::vector<double>& frequencies) {
  const PolarAngles angles{begin, frequencies, phases.defined() ? phases.value() : Tensor()};
  return record(polar(x.value(), angles), {x, phases}, [angles, in = x.value()](const Tensor& g, Gradients d) {
    PolarGradients gradients = polar_backward(g, in, angles);
    if (d.wanted(0)) d.add(0, std::move(gradients.x));
    if (d.wanted(1)) d.add(1, std::move(gradients.phases));
  });
}

}  // namespace rotor

// Forgetting attention (Lin et al. 2025, FoX): D_ij = Σ_{l=j+1…i} log f_l with f_l = σ(w·x_l + b), gates that the
// layer's input x sets for each head of keys ("kernel/forgetting.h"). Positions enter through them alone.
#pragma once

#include <memory>

#include "position/encoding.h"
#include "position/options.h"
#include "position/table.h"

namespace rotor {

std::unique_ptr<PositionEncoding> make_fox(const PositionOptions& options, const StackSizes& sizes);

}  // namespace rotor

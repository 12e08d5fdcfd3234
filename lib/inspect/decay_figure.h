// The paper's Figure 2 (Su et al. 2021): the long-term decay of rotary positions, as a figure or a table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "page/figure.h"

namespace rotor {

/// A curve of long_term_decay() for each base, at distances 0 … reach.
struct DecayFigure {
  int64_t head_width = 128;
  std::vector<double> bases = {10000};
  int64_t reach = 250;

  std::string to_svg() const;
  std::string to_pdf() const;
  std::string to_csv() const;  ///< head_width, base, distance, bound

 private:
  LinePlot plot() const;
};

}  // namespace rotor

// A small heat map of values that differ, with a gap.
#pragma once

#include <cmath>

#include "page/figure.h"

namespace rotor {

inline HeatMap two_by_three() {
  HeatMap map;
  map.title = "Weights";
  map.rows = {"Ein", "Haus"};
  map.columns = {"a", "small", "house"};
  map.values = {1, 0.25, 0, 0.75, 0.5, NAN};
  return map;
}

}  // namespace rotor

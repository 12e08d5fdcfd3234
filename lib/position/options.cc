#include "position/options.h"

#include <algorithm>

#include "base/option_text.h"
#include "position/table.h"

namespace rotor {
namespace {

/// The encodings that read the option.
std::vector<std::string> readers(const std::string& option) {
  std::vector<std::string> names;
  for (const auto& row : position_encodings()) {
    if (std::count(row.options.begin(), row.options.end(), option)) names.push_back(row.name);
  }
  return names;
}

}  // namespace

void PositionOptions::describe(Options& options, std::function<std::vector<std::string>()> used) {
  const auto add = [&](const std::string& name, Options::Target target, const std::string& help,
                       const std::vector<std::string>& choices = {}) -> Option& {
    const std::vector<std::string> encodings = readers(name);
    return options.add(name, target, help, choices)
        .only("with the position encoding " + join(encodings, " or "), [used, encodings] {
          const std::vector<std::string> names = used();
          return std::find_first_of(names.begin(), names.end(), encodings.begin(), encodings.end()) != names.end();
        });
  };
  add("max-positions", &max_positions, "number of positions in the table").at_least(1);
  add("sinusoidal-layout", &sinusoidal_layout,
      "sines and cosines in turn, all sines first, or all sines first of fairseq's angles",
      {"interleaved", "half", "concatenated"});
  add("position-offset", &position_offset, "position of the first token (fairseq: 2)").at_least(0);
  add("rope-base", &rope_base, "base of the angles").above(0);
  add("rope-layout", &rope_layout, "pairs (2i, 2i+1), or (i, i + d/2)", {"interleaved", "half"});
  add("xpos-scale-base", &xpos_scale_base, "distance over which the decay is one power").above(0);
  add("max-relative-position", &max_relative_position, "greatest distance; larger ones are clipped").at_least(1);
  add("t5-buckets", &t5_buckets, "number of groups of distances that share a bias").at_least(4);
  add("max-distance", &max_distance, "distance from which all distances share the last bucket").at_least(1);
}

}  // namespace rotor

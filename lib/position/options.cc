#include "position/options.h"

#include <algorithm>

#include "base/option_text.h"
#include "position/table.h"

namespace rotor {
namespace {

constexpr int64_t kMostWidth = 1 << 16;  // of tables: beyond it nothing could be trained

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
  add("max-positions", &max_positions, "number of positions in the table").at_least(1).at_most(kMostPositions);
  add("sinusoidal-layout", &sinusoidal_layout,
      "sines and cosines in turn, all sines first, or all sines first of fairseq's angles",
      {"interleaved", "half", "concatenated"});
  add("position-offset", &position_offset, "position of the first token (fairseq: 2)")
      .at_least(0)
      .at_most(kMostPositions);
  add("rope-base", &rope_base, "base of the angles").above(0);
  add("rope-layout", &rope_layout, "pairs (2i, 2i+1), or (i, i + d/2)", {"interleaved", "half"});
  add("rope-fraction", &rope_fraction, "share of each head's numbers that turn, the first ones").above(0).at_most(1);
  add("rope-kept-frequencies", &rope_kept_frequencies, "share of the pairs that turn, those of high frequencies")
      .above(0)
      .at_most(1);
  add("rotary-value", &rotary_value, "turn the values too");
  add("sandwich-width", &sandwich_width, "width of the sinusoids whose products are the bias")
      .at_least(2)
      .at_most(kMostWidth);
  add("fire-width", &fire_width, "inner width of the network that makes the bias").at_least(1).at_most(kMostWidth);
  add("fire-threshold", &fire_threshold, "position from which distances are divided by positions, at the start")
      .at_least(1)
      .at_most(kMostPositions);
  add("cope-positions", &cope_positions, "number of positions in the table; farther keys share the last")
      .at_least(1)
      .at_most(kMostWidth);
  add("shape-max-shift", &shape_max_shift, "training shifts the positions of each sentence by less than this")
      .at_least(1)
      .at_most(kMostPositions);
  add("cape-global-shift", &cape_global_shift, "training shifts all positions of a sentence by up to this")
      .at_least(0)
      .at_most(kMostPositions);
  add("cape-local-shift", &cape_local_shift, "it shifts each position by up to this besides")
      .at_least(0)
      .at_most(kMostPositions);
  add("cape-global-scaling", &cape_global_scaling, "and multiplies or divides all of them by up to this").at_least(1);
  options.only(
      "with the position encoding rope",
      [used] {
        const std::vector<std::string> names = used();
        return std::count(names.begin(), names.end(), "rope") > 0;
      },
      [&] { rope_scaling.describe(options); });
  add("xpos-scale-base", &xpos_scale_base, "distance over which the decay is one power").above(0);
  add("max-relative-position", &max_relative_position, "greatest distance; larger ones are clipped")
      .at_least(1)
      .at_most(kMostPositions);
  add("t5-buckets", &t5_buckets, "number of groups of distances that share a bias").at_least(4).at_most(kMostWidth);
  add("max-distance", &max_distance, "distance from which all distances share the last bucket")
      .at_least(1)
      .at_most(kMostPositions);
}

}  // namespace rotor

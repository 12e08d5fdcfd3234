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

void PositionOptions::describe(Options& options) {
  std::vector<std::string> names = position_encoding_names(), names_or_empty = names;
  names_or_empty.insert(names_or_empty.begin(), "");
  options.group("Position");
  options.add("position-encoding", &encoding, "position encoding of encoder and decoder", names)
      .common()
      .only("for a stack that has none of its own",
            [this] { return encoder_encoding.empty() || decoder_encoding.empty(); });
  options.add("encoder-position-encoding", &encoder_encoding, "position encoding of the encoder, if it differs",
              names_or_empty);
  options.add("decoder-position-encoding", &decoder_encoding, "position encoding of the decoder, if it differs",
              names_or_empty);
  const auto add = [&](const std::string& name, Options::Target target, const std::string& help,
                       const std::vector<std::string>& choices = {}) -> Option& {
    const std::vector<std::string> encodings = readers(name);
    return options.add(name, target, help, choices)
        .only("with the position encoding " + join(encodings, " or "), [this, encodings] {
          const auto reads = [&](bool decoder) {
            return std::count(encodings.begin(), encodings.end(), of_stack(decoder)) > 0;
          };
          return reads(false) || reads(true);
        });
  };
  add("max-positions", &max_positions, "number of positions in the table").at_least(1);
  add("sinusoidal-layout", &sinusoidal_layout, "sines and cosines in turn, or all sines first as in fairseq",
      {"interleaved", "concatenated"});
  add("position-offset", &position_offset, "position of the first token (fairseq: 2)").at_least(0);
  add("rope-base", &rope_base, "base of the angles").above(0);
  add("rope-layout", &rope_layout, "pairs (2i, 2i+1), or (i, i + d/2)", {"interleaved", "half"});
  add("xpos-scale-base", &xpos_scale_base, "distance over which the decay is one power").above(0);
  add("max-relative-position", &max_relative_position, "greatest distance; larger ones are clipped").at_least(1);
  add("t5-buckets", &t5_buckets, "number of groups of distances that share a bias").at_least(4);
  add("max-distance", &max_distance, "distance from which all distances share the last bucket").at_least(1);
}

}  // namespace rotor

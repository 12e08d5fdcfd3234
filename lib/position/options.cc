#include "position/options.h"

#include "position/table.h"

namespace rotor {

void PositionOptions::describe(Options& options) {
  std::vector<std::string> names = position_encoding_names(), names_or_empty = names;
  names_or_empty.insert(names_or_empty.begin(), "");
  options.group("Position");
  options.add("position-encoding", &encoding, "how both stacks learn positions", names);
  options.add("encoder-position-encoding", &encoder_encoding, "the encoder's, if it differs", names_or_empty);
  options.add("decoder-position-encoding", &decoder_encoding, "the decoder's, if it differs", names_or_empty);
  options.add("max-positions", &max_positions, "positions a learned table holds");
  options.add("sinusoidal-layout", &sinusoidal_layout, "sines and cosines in turn, or all sines first as fairseq",
              {"interleaved", "concatenated"});
  options.add("position-offset", &position_offset, "sinusoidal: the first token's position (fairseq: 2)");
  options.add("rope-base", &rope_base, "rope, xpos: the base of the angles");
  options.add("rope-layout", &rope_layout, "rope, xpos: pairs (2i, 2i+1), or (i, i + d/2)", {"interleaved", "half"});
  options.add("xpos-scale-base", &xpos_scale_base, "xpos: distances over which its decay is one power");
  options.add("max-relative-position", &max_relative_position, "shaw, deberta: distances are clipped there");
  options.add("t5-buckets", &t5_buckets, "t5, tupe: groups of distances that share a bias");
  options.add("max-distance", &max_distance, "t5, tupe: from there on distances share the last bucket");
}

}  // namespace rotor

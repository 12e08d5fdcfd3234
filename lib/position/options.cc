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
  options.add("rope-base", &rope_base, "rope: the base of the angles");
  options.add("rope-layout", &rope_layout, "rope: pairs (2i, 2i+1), or (i, i + d/2)", {"interleaved", "half"});
}

}  // namespace rotor

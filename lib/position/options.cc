#include "position/options.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/json.h"
#include "position/table.h"

namespace rotor {
namespace {

/// Every position option by its name on the command line.
std::map<std::string, nlohmann::ordered_json> values(PositionOptions options) {
  Options described("", "", "");
  options.describe(described);
  std::map<std::string, nlohmann::ordered_json> result;
  const nlohmann::ordered_json json = described.to_json();
  for (const auto& [key, value] : json.items()) {
    std::string name = key;
    std::replace(name.begin(), name.end(), '_', '-');
    result[name] = value;
  }
  return result;
}

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
  options.add("position-encoding", &encoding, "how both stacks learn positions", names);
  options.add("encoder-position-encoding", &encoder_encoding, "the encoder's, if it differs", names_or_empty);
  options.add("decoder-position-encoding", &decoder_encoding, "the decoder's, if it differs", names_or_empty);
  const auto add = [&](const std::string& name, Options::Target target, const std::string& help,
                       const std::vector<std::string>& choices = {}) {
    options.add(name, target, fmt::format("{}: {}", fmt::join(readers(name), ", "), help), choices);
  };
  add("max-positions", &max_positions, "positions that its table holds");
  add("sinusoidal-layout", &sinusoidal_layout, "sines and cosines in turn, or all sines first as fairseq",
      {"interleaved", "concatenated"});
  add("position-offset", &position_offset, "the first token's position (fairseq: 2)");
  add("rope-base", &rope_base, "the base of the angles");
  add("rope-layout", &rope_layout, "pairs (2i, 2i+1), or (i, i + d/2)", {"interleaved", "half"});
  add("xpos-scale-base", &xpos_scale_base, "distances over which its decay is one power");
  add("max-relative-position", &max_relative_position, "distances are clipped there");
  add("t5-buckets", &t5_buckets, "groups of distances that share a bias");
  add("max-distance", &max_distance, "from there on distances share the last bucket");
}

std::vector<std::string> PositionOptions::unread() const {
  std::vector<std::string> sentences;
  const auto defaults = values({});
  const std::string &encoder = of_stack(false), &decoder = of_stack(true);
  const std::string chosen = encoder == decoder ? encoder : encoder + " and " + decoder;
  for (const auto& [option, value] : values(*this)) {
    const std::vector<std::string> names = readers(option);
    const bool read = std::any_of(names.begin(), names.end(),
                                  [&](const std::string& name) { return name == encoder || name == decoder; });
    if (names.empty() || read || value == defaults.at(option)) continue;
    sentences.push_back(fmt::format("--{} {} has no effect on the position encoding {}; it belongs to {}", option,
                                    value.is_string() ? value.get<std::string>() : value.dump(), chosen,
                                    fmt::join(names, ", ")));
  }
  return sentences;
}

}  // namespace rotor

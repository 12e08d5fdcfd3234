// What the tests over the table are run with: every encoding, and encodings with options that change what they do.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "position/table.h"

namespace rotor {

struct EncodingVariant {
  std::string name;  ///< "rope", or "rope.yarn"
  std::function<void(PositionOptions&)> set = [](PositionOptions&) {};

  std::string encoding() const { return name.substr(0, name.find('.')); }
};

/// Variants for heads of 6 numbers, and texts longer than 4 tokens.
inline const std::vector<EncodingVariant>& encoding_variants() {
  static const auto kVariants = [] {
    std::vector<EncodingVariant> all;
    for (const std::string& name : position_encoding_names()) all.push_back({name});
    const auto scaled = [&](const std::string& kind) {
      all.push_back({"rope." + kind, [kind](PositionOptions& o) {
                       o.rope_scaling.kind = kind;
                       o.rope_scaling.factor = 3;
                       o.rope_scaling.original_length = 4;
                       o.rope_scaling.short_factors = {"1", "1.5", "2"};
                       o.rope_scaling.long_factors = {"1.25", "3", "7.5"};
                     }});
    };
    for (const std::string& kind : rope_scaling_names()) {
      if (kind != "none") scaled(kind);
    }
    all.push_back({"rope.fraction", [](PositionOptions& o) { o.rope_fraction = 0.67; }});
    all.push_back({"rope.kept", [](PositionOptions& o) { o.rope_kept_frequencies = 0.67; }});
    all.push_back({"rope.values", [](PositionOptions& o) { o.rotary_value = true; }});
    all.push_back({"rope.cross", [](PositionOptions& o) { o.rotary_cross_attention = true; }});
    all.push_back({"fire.near", [](PositionOptions& o) { o.fire_threshold = 3; }});
    all.push_back({"cope.few", [](PositionOptions& o) { o.cope_positions = 2; }});
    return all;
  }();
  return kVariants;
}

inline std::vector<std::string> variant_names() {
  std::vector<std::string> names;
  for (const EncodingVariant& variant : encoding_variants()) names.push_back(variant.name);
  return names;
}

inline const EncodingVariant& encoding_variant(const std::string& name) {
  for (const EncodingVariant& variant : encoding_variants()) {
    if (variant.name == name) return variant;
  }
  fail("there is no variant {}", name);
}

/// Sets the encoding and the options of the variant.
inline void set_variant(const std::string& name, PositionOptions& options) {
  const EncodingVariant& variant = encoding_variant(name);
  options.encoding = variant.encoding();
  variant.set(options);
}

}  // namespace rotor

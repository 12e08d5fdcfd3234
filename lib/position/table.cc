#include "position/table.h"

#include <fmt/ranges.h>

#include "position/alibi.h"
#include "position/buckets.h"
#include "position/cape.h"
#include "position/cope.h"
#include "position/deberta.h"
#include "position/fire.h"
#include "position/fox.h"
#include "position/kerple.h"
#include "position/learned.h"
#include "position/pope.h"
#include "position/rope.h"
#include "position/rotation.h"
#include "position/sandwich.h"
#include "position/shape.h"
#include "position/shaw.h"
#include "position/sinusoidal.h"
#include "position/t5.h"
#include "position/transformer_xl.h"
#include "position/tupe.h"
#include "position/xpos.h"

namespace rotor {
namespace {

using Owner = PositionEncodingRow::Owner;

void check_xpos(const PositionOptions&, const StackSizes& sizes, const std::string& name) {
  check_pairs(sizes, name);
}

const PositionEncodingRow kTable[] = {
    {"none", Owner::kStack,
     [](const PositionOptions&, const StackSizes&) { return std::make_unique<PositionEncoding>(); }},
    {"learned", Owner::kStack, make_learned, {"max-positions"}},
    {"sinusoidal", Owner::kStack, make_sinusoidal, {"sinusoidal-layout", "position-offset"}},
    {"rope",
     Owner::kStack,
     make_rope,
     {"rope-base", "rope-layout", "rope-fraction", "rope-kept-frequencies", "rotary-value"},
     check_rope},
    {"shaw", Owner::kLayer, make_shaw, {"max-relative-position"}},
    {"transformer-xl", Owner::kLayer, make_transformer_xl},
    {"t5", Owner::kStack, make_t5, {"t5-buckets", "max-distance"}, check_buckets},
    {"tupe", Owner::kStack, make_tupe, {"max-positions", "t5-buckets", "max-distance"}, check_buckets},
    {"deberta", Owner::kStack, make_deberta, {"max-relative-position"}},
    {"alibi", Owner::kStack, make_alibi},
    {"xpos", Owner::kStack, make_xpos, {"rope-base", "rope-layout", "xpos-scale-base"}, check_xpos},
    {"fox", Owner::kLayer, make_fox},
    {"fire", Owner::kLayer, make_fire, {"fire-width", "fire-threshold"}},
    {"kerple", Owner::kLayer, make_kerple},
    {"sandwich", Owner::kStack, make_sandwich, {"sandwich-width"}, check_sandwich},
    {"cope", Owner::kLayer, make_cope, {"cope-positions"}},
    {"pope", Owner::kLayer, make_pope, {"rope-base"}},
    {"shape", Owner::kStack, make_shape, {"shape-max-shift"}},
    {"cape", Owner::kStack, make_cape, {"cape-global-shift", "cape-local-shift", "cape-global-scaling"}},
};

}  // namespace

std::span<const PositionEncodingRow> position_encodings() {
  return kTable;
}

std::vector<std::string> position_encoding_names() {
  std::vector<std::string> names;
  for (const auto& row : kTable) names.push_back(row.name);
  return names;
}

const PositionEncodingRow& position_encoding(const std::string& name) {
  for (const auto& row : kTable) {
    if (row.name == name) return row;
  }
  fail("unknown position encoding '{}'; choose one of: {}", name, fmt::join(position_encoding_names(), ", "));
}

std::shared_ptr<const PositionEncoding> cross_attention_encoding(const std::string& name, PositionOptions options,
                                                                 const StackSizes& sizes) {
  if (name != "rope" || !options.rotary_cross_attention) return std::make_shared<PositionEncoding>();
  options.rotary_value = false;
  return make_rope(options, sizes);
}

}  // namespace rotor

#include "position/table.h"

#include <fmt/ranges.h>

#include "position/alibi.h"
#include "position/deberta.h"
#include "position/fox.h"
#include "position/learned.h"
#include "position/rope.h"
#include "position/rotation.h"
#include "position/shaw.h"
#include "position/sinusoidal.h"
#include "position/t5.h"
#include "position/transformer_xl.h"
#include "position/tupe.h"
#include "position/xpos.h"

namespace rotor {
namespace {

using Owner = PositionEncodingRow::Owner;

const PositionEncodingRow kTable[] = {
    {"none", Owner::kStack,
     [](const PositionOptions&, const StackSizes&) { return std::make_unique<PositionEncoding>(); }},
    {"learned", Owner::kStack, make_learned, {"max-positions"}},
    {"sinusoidal", Owner::kStack, make_sinusoidal, {"sinusoidal-layout", "position-offset"}},
    {"rope", Owner::kStack, make_rope, {"rope-base", "rope-layout"}, check_pairs},
    {"shaw", Owner::kLayer, make_shaw, {"max-relative-position"}},
    {"transformer-xl", Owner::kLayer, make_transformer_xl},
    {"t5", Owner::kStack, make_t5, {"t5-buckets", "max-distance"}},
    {"tupe", Owner::kStack, make_tupe, {"max-positions", "t5-buckets", "max-distance"}},
    {"deberta", Owner::kStack, make_deberta, {"max-relative-position"}},
    {"alibi", Owner::kStack, make_alibi},
    {"xpos", Owner::kStack, make_xpos, {"rope-base", "rope-layout", "xpos-scale-base"}, check_pairs},
    {"fox", Owner::kLayer, make_fox},
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

}  // namespace rotor

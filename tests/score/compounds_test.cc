#include "score/compounds.h"

#include <gtest/gtest.h>

#include "score/golden.h"

namespace rotor {
namespace {

TEST(Compounds, AreSplitAsPerlDoes) {
  const auto golden = read_golden("moses.json");
  for (size_t i = 0; i < golden["de"].size(); ++i) {
    EXPECT_EQ(split_compounds(golden["de"][i].get<std::string>()), golden["compounds"][i].get<std::string>());
  }
  EXPECT_EQ(split_compounds("rich-text format - a-b-c"),
            "rich ##AT##-##AT## text format - a ##AT##-##AT## b-c");  // the b is used up
}

}  // namespace
}  // namespace rotor

#include "kernel/panels.h"

#include <gtest/gtest.h>

namespace rotor {
namespace {

TEST(ShareOfNext, OfAllTilesIsTheNextPanelWithoutGaps) {
  for (const int64_t step : {4, 16, 64, 256}) {
    for (const int64_t steps : {1, 100, 512}) {
      for (const int64_t rows : {1, 6, 7, 30, 128, 1000}) {
        const int64_t panel = steps * step;
        int64_t reached = panel;
        for (int64_t first = 0; first < rows; first += kTileRows) {
          const Fetch share = share_of_next(first, rows, panel, step);
          EXPECT_LE(share.begin, reached) << rows << " rows, the tile of row " << first;
          reached = share.begin + steps * share.stride;
        }
        EXPECT_GE(reached, 2 * panel) << rows << " rows";
        EXPECT_LT(reached, 2 * panel + steps) << rows << " rows";
      }
    }
  }
}

}  // namespace
}  // namespace rotor

#include "kernel/panels.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace rotor {
namespace {

TEST(ShareOfNext, OfAllTilesIsTheNextPanelWithoutGaps) {
  for (const int64_t step : {4, 16, 64, 256}) {
    for (const int64_t steps : {1, 100, 512}) {
      for (const int64_t rows : {1, 6, 7, 30, 128, 1000}) {
        const int64_t panel = steps * step;
        int64_t reached = panel;
        for_each_tile(0, rows, [&](int64_t first, int64_t) {
          const Fetch share = share_of_next(first, rows, panel, step);
          EXPECT_LE(share.begin, reached) << rows << " rows, the tile of row " << first;
          reached = share.begin + steps * share.stride;
        });
        EXPECT_GE(reached, 2 * panel) << rows << " rows";
        EXPECT_LT(reached, 2 * panel + steps) << rows << " rows";
      }
    }
  }
}

TEST(ForEachBlock, TakesEveryRowOfEveryPanelOnceInWholeTiles) {
  constexpr int64_t kPanels = 5, kInputs = kParallelProduct;  // enough to share
  for (const int64_t rows : {1, 6, 47, 48, 49, 130, 1000}) {
    std::vector<std::atomic<int>> visits(kPanels * rows);
    for_each_block(rows, kPanels * kPanel, kInputs, [&](int64_t begin, int64_t end, int64_t p) {
      EXPECT_EQ(begin % kTileRows, 0);
      EXPECT_LT(begin, end);
      for_each_tile(begin, end, [&](int64_t first, int64_t count) {
        EXPECT_LE(count, kTileRows);
        for (int64_t row = first; row < first + count; ++row) ++visits[p * rows + row];
      });
    });
    for (const auto& visited : visits) EXPECT_EQ(visited, 1) << rows << " rows";
  }
}

TEST(ForEachTile, LeavesNoTileOfARowOrTwoBehindOthers) {
  for (int64_t rows = kTileRows + 1; rows < 5 * kTileRows; ++rows) {
    for_each_tile(0, rows, [&](int64_t first, int64_t count) { EXPECT_GT(count, 2) << rows << ' ' << first; });
  }
}

}  // namespace
}  // namespace rotor

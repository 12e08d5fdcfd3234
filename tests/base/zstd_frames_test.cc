#include "base/zstd_frames.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace rotor {
namespace {

struct Block {
  int type;  ///< 0: stored, 1: one byte repeated, 2: compressed
  uint32_t size;
};

/// A frame as RFC 8878 lays it out, whose contents mean nothing.
std::string frame(uint8_t descriptor, size_t rest_of_header, const std::vector<Block>& blocks) {
  std::string bytes =
      "\x28\xb5\x2f\xfd" + std::string(1, static_cast<char>(descriptor)) + std::string(rest_of_header, 'h');
  for (size_t i = 0; i < blocks.size(); ++i) {
    const uint32_t header = blocks[i].size << 3 | blocks[i].type << 1 | (i + 1 == blocks.size());
    for (int shift : {0, 8, 16}) bytes += static_cast<char>(header >> shift);
    bytes += std::string(blocks[i].type == 1 ? 1 : blocks[i].size, 'x');
  }
  return bytes + std::string((descriptor & 4) != 0 ? 4 : 0, 'c');
}

std::string skippable(uint8_t size) {
  return "\x5e\x2a\x4d\x18" + std::string(1, static_cast<char>(size)) + std::string(3, '\0') + std::string(size, 's');
}

TEST(ZstdFrames, AreWholeAtTheirEndsAndNowhereElse) {
  const std::vector<std::string> parts = {
      frame(0x00, 1, {{0, 5}}),                      // a window size
      frame(0x20, 1, {{2, 1000}, {1, 70'000}}),      // a single segment with a size of one byte
      frame(0x64, 2, {{0, 0}}),                      // with one of two, and a check sum
      frame(0xa3, 4 + 4, {{2, 3}, {0, 2}, {1, 9}}),  // with one of four, and a dictionary
      skippable(0),
      skippable(3),
      frame(0xc4, 1 + 8, {{1, 1}}),
  };
  std::string data;
  std::vector<size_t> ends = {0};
  for (const std::string& part : parts) ends.push_back((data += part).size());
  ZstdFrames frames, at_once;
  for (size_t size = 0; size <= data.size(); ++size) {
    if (size > 0) frames.add(data.substr(size - 1, 1));
    ASSERT_EQ(frames.whole(), std::find(ends.begin(), ends.end(), size) != ends.end()) << size;
  }
  at_once.add(data);
  EXPECT_TRUE(at_once.whole());
}

}  // namespace
}  // namespace rotor

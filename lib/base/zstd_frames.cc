#include "base/zstd_frames.h"

#include <algorithm>

namespace rotor {
namespace {

/// A number of some bytes, the lowest first.
uint32_t little_endian(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < bytes.size(); ++i) value |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  return value;
}

}  // namespace

void ZstdFrames::add(std::string_view bytes) {
  while (!bytes.empty()) {
    if (skip_ > 0) {
      const uint64_t skipped = std::min<uint64_t>(skip_, bytes.size());
      skip_ -= skipped;
      bytes.remove_prefix(skipped);
      continue;
    }
    header_ += bytes.front();
    bytes.remove_prefix(1);
    in_frame_ ? read_block_header() : read_frame_header();
  }
}

void ZstdFrames::read_frame_header() {
  constexpr uint32_t kMagic = 0xFD2FB528, kSkippable = 0x184D2A5;  // the latter with any last four bits
  if (header_.size() < 4) return;
  const uint32_t magic = little_endian(std::string_view(header_).substr(0, 4));
  if (magic >> 4 == kSkippable && header_.size() == 8) {
    skip_ = little_endian(std::string_view(header_).substr(4));
    header_.clear();
  } else if (magic == kMagic && header_.size() == 5) {
    const auto descriptor = static_cast<uint8_t>(header_[4]);
    const bool single_segment = (descriptor >> 5 & 1) != 0;
    constexpr uint64_t kDictionaryId[] = {0, 1, 2, 4}, kContentSize[] = {0, 2, 4, 8};
    const uint64_t content_size = descriptor >> 6 == 0 && single_segment ? 1 : kContentSize[descriptor >> 6];
    skip_ = (single_segment ? 0 : 1) + kDictionaryId[descriptor & 3] + content_size;
    checksum_ = (descriptor >> 2 & 1) != 0;
    in_frame_ = true;
    header_.clear();
  }
}

void ZstdFrames::read_block_header() {
  constexpr uint32_t kRepeatedByte = 1;
  if (header_.size() < 3) return;
  const uint32_t block = little_endian(header_);
  header_.clear();
  skip_ = (block >> 1 & 3) == kRepeatedByte ? 1 : block >> 3;
  if ((block & 1) == 0) return;
  in_frame_ = false;  // it was the last
  if (checksum_) skip_ += 4;
}

}  // namespace rotor

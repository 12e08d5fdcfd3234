// Where the frames of Zstandard data end (RFC 8878, section 3): Boost.Iostreams takes the end of a file for the end of
// its data, and would read a file that is cut off as a shorter one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rotor {

/// Follows compressed data that come piece by piece, by the lengths in their headers.
class ZstdFrames {
 public:
  void add(std::string_view bytes);
  /// Whether the data so far are whole frames.
  bool whole() const { return !in_frame_ && header_.empty() && skip_ == 0; }

 private:
  void read_frame_header();
  void read_block_header();

  bool in_frame_ = false;  ///< blocks follow
  bool checksum_ = false;  ///< four bytes stand after the last of them
  std::string header_;     ///< of a frame or block, as far as it has come
  uint64_t skip_ = 0;      ///< bytes until the next header
};

}  // namespace rotor

// Finds the ends of the frames of Zstandard data (RFC 8878, section 3), because Boost.Iostreams takes the end of a file
// for the end of its data and would read a truncated file as a shorter one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rotor {

/// Parses compressed data that come in parts, by the lengths in their headers.
class ZstdFrames {
 public:
  void add(std::string_view bytes);
  /// Whether the data so far consist of whole frames.
  bool whole() const { return !in_frame_ && header_.empty() && skip_ == 0; }

 private:
  void read_frame_header();
  void read_block_header();

  bool in_frame_ = false;  ///< blocks follow
  bool checksum_ = false;  ///< four bytes follow the last block
  std::string header_;     ///< header of a frame or block, as far as it has been read
  uint64_t skip_ = 0;      ///< number of bytes until the next header
};

}  // namespace rotor

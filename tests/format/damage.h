// Damage for tests of what checksums find.
#pragma once

#include "base/scratch.h"
#include "format/safetensors.h"

namespace rotor {

/// Flips a bit of a tensor in a safetensors file.
inline void flip_bit(const std::filesystem::path& path, const std::string& tensor) {
  std::string bytes = text_of(path);
  {
    const SafeTensors file(path);
    const char* data = file.header().data() + file.header().size();
    const auto place = file.header().size() + sizeof(uint64_t) + (file.at(tensor).bytes.data() - data);
    bytes[place + 5] = static_cast<char>(bytes[place + 5] ^ 4);
  }
  std::filesystem::remove(path);  // the file may have other names
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace rotor

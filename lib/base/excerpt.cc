#include "base/excerpt.h"

namespace rotor {

std::string excerpt(std::string_view utf8, size_t most) {
  constexpr size_t kLongest = 4;  // bytes of a character
  std::string text;
  size_t characters = 0;
  for (char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins = (byte & 0xc0) != 0x80;
    if ((begins && ++characters > most) || text.size() == kLongest * most) return text + "…";
    text += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return text;
}

}  // namespace rotor

// The level of instruction sets that every CPU of this kind has.
#pragma once

#include <string>

namespace rotor {

#if defined(__aarch64__)
inline const std::string kLowestLevel = "neon";
#else
inline const std::string kLowestLevel = "avx2";
#endif

}  // namespace rotor

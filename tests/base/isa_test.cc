#include "base/isa.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace rotor {
namespace {

TEST(Isa, IsAKnownLevel) {
  const std::set<std::string> known = {"avx2",       "avx2_vnni", "avx512",   "avx512_vnni",
                                       "avx512_amx", "neon",      "neon_dot", "native"};
  EXPECT_TRUE(known.contains(isa())) << isa();
}

}  // namespace
}  // namespace rotor

#include "base/isa.h"

#ifndef ROTOR_LEVELS

const char* rotor::isa() {
  return "native";
}

#else

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>

#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#else
#include <sys/syscall.h>
#include <unistd.h>
#endif

// The tables that lib/kernel/jump_table.sh writes: where each kernel in use is, their number, and where they are at
// each level.
extern "C" {
extern void* rotor_kernels[];
extern const long rotor_kernel_count;
#if defined(__aarch64__)
extern void* const rotor_kernels_neon[];
extern void* const rotor_kernels_neon_dot[];
#else
extern void* const rotor_kernels_avx2[];
extern void* const rotor_kernels_avx2_vnni[];
extern void* const rotor_kernels_avx512[];
extern void* const rotor_kernels_avx512_vnni[];
extern void* const rotor_kernels_avx512_amx[];
#endif
}

namespace rotor {
namespace {

struct Level {
  const char* name;
  const char* onednn;  // the highest instruction set that oneDNN may use
  bool (*supported)();
  void* const* kernels;
};

#if defined(__x86_64__)
bool has_avx512_vnni() {
  return __builtin_cpu_supports("x86-64-v4") != 0 && __builtin_cpu_supports("avx512vnni") != 0;
}

/// Whether the CPU has AMX and the system saves its registers for the threads of this process, which has to ask for it.
bool may_use_amx() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return __builtin_cpu_supports("amx-tile") != 0 && __builtin_cpu_supports("amx-int8") != 0 &&
         __builtin_cpu_supports("amx-bf16") != 0 && __builtin_cpu_supports("avx512bf16") != 0 &&
         syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}
#endif

/// From the lowest to the highest.
constexpr Level kLevels[] = {
#if defined(__aarch64__)
    {"neon", "DEFAULT", [] { return true; }, rotor_kernels_neon},
    {"neon_dot", "DEFAULT", [] { return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }, rotor_kernels_neon_dot},
#else
    {"avx2", "AVX2", [] { return __builtin_cpu_supports("x86-64-v3") != 0; }, rotor_kernels_avx2},
    {"avx2_vnni", "AVX2_VNNI", [] { return __builtin_cpu_supports("avxvnni") != 0; }, rotor_kernels_avx2_vnni},
    {"avx512", "AVX512_CORE", [] { return __builtin_cpu_supports("x86-64-v4") != 0; }, rotor_kernels_avx512},
    {"avx512_vnni", "AVX512_CORE_BF16", has_avx512_vnni, rotor_kernels_avx512_vnni},
    {"avx512_amx", "DEFAULT", [] { return has_avx512_vnni() && may_use_amx(); }, rotor_kernels_avx512_amx},
#endif
};

const Level* used = kLevels;

[[noreturn]] void refuse(const char* wanted) {
  std::string names;
  for (const Level& level : kLevels) {
    if (level.supported()) names += (names.empty() ? "" : ", ") + std::string(level.name);
  }
  std::fprintf(stderr, "rotor: expected ROTOR_ISA to be a level that this CPU has (%s), got %s\n",
               names.empty() ? "none: Rotor needs AVX2" : names.c_str(), wanted);
  std::_Exit(2);
}

/// Sets oneDNN's environment variable too, unless the user has.
const Level* find_level(const char* wanted) {
  for (const Level& level : kLevels) {
    if (std::strcmp(level.name, wanted) != 0 || !level.supported()) continue;
    setenv("ONEDNN_MAX_CPU_ISA", level.onednn, /*overwrite=*/0);
    return &level;
  }
  refuse(wanted);
}

const Level* highest_level() {
  const auto found =
      std::find_if(std::rbegin(kLevels), std::rend(kLevels), [](const Level& l) { return l.supported(); });
  return found == std::rend(kLevels) ? nullptr : &*found;
}

}  // namespace

const char* isa() {
  return used->name;
}

}  // namespace rotor

/// Runs before main(): the jump table names it as a constructor.
extern "C" void rotor_choose_level() {
  using namespace rotor;
  const char* wanted = std::getenv("ROTOR_ISA");
  used = wanted != nullptr ? find_level(wanted) : highest_level();
  if (used == nullptr) refuse("an older one");
  std::copy(used->kernels, used->kernels + rotor_kernel_count, rotor_kernels);
}

#endif

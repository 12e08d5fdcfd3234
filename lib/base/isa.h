// The instruction set of the kernels. The library holds its kernels once a level of instruction sets, and a process
// uses the highest level that its CPU has ("kernel/levels.cmake"). The environment variable ROTOR_ISA names a lower
// one, for tests and reports of bugs; a name that is unknown, or a level that the CPU lacks, ends the process with one
// line.
#pragma once

namespace rotor {

/// The level in use: avx2, avx2_vnni, avx512, avx512_vnni or avx512_amx; on 64-bit Arm neon or neon_dot; native in a
/// library with one level.
const char* isa();

}  // namespace rotor

#!/bin/sh
# usage: link_level.sh LEVEL RESULT OBJECT...
# Links the objects of one level, or of a part of it, into one and gives all its global names the level's suffix, as in
# `rotor::gemm.avx512`: public functions, and whatever inline functions and their variables the compiler has emitted,
# which would otherwise take the place of those of other levels and of the library. LD, NM and OBJCOPY may name the tools.
set -eu
level=$1 result=$2
shift 2
"${LD:-ld}" -r --force-group-allocation -o "$result.tmp" "$@"
"${NM:-nm}" -g -P --defined-only "$result.tmp" | awk -v level="$level" '$2 != "C" {print $1, $1 "." level}' > "$result.names"
"${OBJCOPY:-objcopy}" --redefine-syms="$result.names" "$result.tmp" "$result"
rm "$result.tmp" "$result.names"

#!/bin/sh
# usage: jump_table.sh PROCESSOR OBJECT... > jump_table.s
# The objects are those of link_level.sh, named LEVEL.o or LEVEL.PART.o, from the lowest level to the highest. Writes, in
# the language of the processor, under the name of each public function of the lowest level a jump to where
# `rotor_kernels` says that it is. A level that lacks a function has that of the level before it.
set -eu
processor=$1
shift
{
  for object; do
    part=${object##*/}
    "${NM:-nm}" -g -P --defined-only "$object" | awk -v part="${part%.o}" '$2 == "T" {print part, $1}'
  done
} | awk -v processor="$processor" '
  {
    level = $1
    sub(/\..*/, "", level)
    name = substr($2, 1, length($2) - length($1) - 1)
    if (level != levels[count]) levels[++count] = level
    if (count == 1) names[++functions] = name
    symbol[level, name] = $2
  }
  function table(label, level,   i, name, from) {
    printf "  .globl %s\n%s:\n", label, label
    for (i = 1; i <= functions; i++) {
      for (from = level; !((levels[from], names[i]) in symbol); from--);
      printf "  .quad %s\n", symbol[levels[from], names[i]]
    }
  }
  function jump(to) {
    if (processor != "aarch64") return "jmp *" to "(%rip)"
    return "adrp x16, " to "\n  ldr x16, [x16, :lo12:" to "]\n  br x16"
  }
  END {
    print "  .text"
    for (i = 1; i <= functions; i++) {
      name = names[i]
      printf "  .globl %s\n  .type %s, %%function\n%s:\n  %s\n", name, name, name, jump("rotor_kernels+" 8 * (i - 1))
    }
    print "  .section .data.rel, \"aw\"\n  .balign 8"
    table("rotor_kernels", 1)
    for (level = 1; level <= count; level++) table("rotor_kernels_" levels[level], level)
    printf "  .globl rotor_kernel_count\nrotor_kernel_count: .quad %d\n", functions
    print "  .section .init_array, \"aw\"\n  .quad rotor_choose_level"
    print "  .section .note.GNU-stack, \"\", %progbits"
  }'

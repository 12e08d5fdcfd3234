#!/bin/bash
# Usage: test_arm64.sh BUILD_FOLDER [MODEL SOURCE COMMANDS]
# Runs the tests of a build for 64-bit Arm in QEMU: every module's test program, those of kernels at every level, and of tests/system
# short trainings, by several processes too, and translations by models of every format; the pipeline's twenty epochs would take hours.
# With a model and a text, translates it there too, and checks that the hypotheses are those of this machine's own rotor-generate, in
# the folder COMMANDS, and the scores the same to 1e-4.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1
emulate=(qemu-aarch64 -L "$build/sysroot")

for level in neon neon_dot; do
  for module in kernel autograd attention; do
    echo "== $module, $level"
    ROTOR_ISA=$level "${emulate[@]}" "$build/bin/${module}_tests" --gtest_brief=1
  done
done
for program in "$build"/bin/*_tests; do
  module=$(basename "$program" _tests)
  [[ ! $module =~ ^(kernel|autograd|attention|system)$ ]] || continue
  echo "== $module"
  # QEMU makes of vfork() a fork(), so posix_spawn() does not learn that a program is missing.
  "${emulate[@]}" "$program" --gtest_brief=1 \
    --gtest_filter=-RunProcess.AProgramThatCannotStartIsNamed:Gnuplot.MissingOrFailingIsOneClearError
done
echo "== commands"
"${emulate[@]}" "$build/bin/system_tests" --gtest_brief=1 --gtest_filter='Compatibility.*:Distributed.*:TrainingOptionsOfTheCommand.*'

(($# > 1)) || exit 0
model=$2 source=$3 commands=$4
echo "== $model beside this machine's own build"
translate() { "$1/rotor-generate" "$model" --beam 5 --lenpen 1 --fairseq-format <"$source" | grep '^H-'; }
paste <(translate "$commands") <(translate "$build/emulated") |
  awk -F'\t' '
    $1 != $4 || $3 != $6 || ($2 - $5) ^ 2 > 1e-8 {print "differs:", $0; bad = 1}
    END {print NR, "hypotheses compared"; exit bad || NR == 0}'

#!/bin/bash
# Draws the long-term decay of rotary positions, the RoFormer paper's Figure 2, and writes its numbers.
# Usage: run.sh [WORK_FOLDER]   (default: build/recipes/long_term_decay)
# Takes a second. Needs gnuplot (the package gnuplot-nox).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
work=${1:-$root/build/recipes/long_term_decay}
mkdir -p "$work"
for kind in svg csv; do
  rotor-inspect --config "$here/config.ini" --long-term-decay "$work/long_term_decay.$kind"
  echo "$work/long_term_decay.$kind"
done

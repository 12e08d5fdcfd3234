#!/bin/bash
# Runs each fuzzer for so many seconds, from the seeds and from what earlier runs found, and stops at the first fault; the
# bytes that show it are left as BUILD/fault-*. Usage: run.sh BUILD SECONDS
set -euo pipefail
seeds=$(dirname "$(realpath "$0")")/seeds
cd "$1"
export OMP_NUM_THREADS=1
for target in safetensors corpus vocabulary options; do
  mkdir -p "found/$target"
  echo "fuzzing $target for $2 s"
  # No single allocation may be above 64 MB: the inputs have at most 64 KB.
  if ! bin/fuzz_$target "found/$target" "$seeds/$target" -max_total_time="$2" -max_len=65536 -malloc_limit_mb=64 \
    -rss_limit_mb=1024 -timeout=10 -artifact_prefix=fault- -print_final_stats=1 > "$target.log" 2>&1; then
    grep -aE "ERROR|SUMMARY|fault-" "$target.log" >&2
    exit 1
  fi
  grep -aE "number_of_executed_units|peak_rss_mb" "$target.log"
done

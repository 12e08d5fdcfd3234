#!/bin/bash
# Puts a task's finished runs and its report beside this script, to be committed: of each run its configuration, losses, and
# its translations with their scores or its evaluations, so that the report can be made again and goes on on another machine.
# No models.
# Usage: publish.sh TASK [WORK_FOLDER]   (default: build/recipes/compare_positions)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
[[ $# -ge 1 ]] || { sed -n 's/^# //p' "$0" >&2; exit 2; }
report=${2:-$here/../../build/recipes/compare_positions}/$1/report
to=$here/${1//-/_}_report
[[ -d $report/runs ]] || { echo "expected runs in $report/runs, found none; run run.sh $1 first" >&2; exit 1; }

shopt -s nullglob
mkdir -p "$to"
for result in "$report"/runs/*/seed-*/result.json; do
  run=$(dirname "$result")
  kept=$to/${run#"$report"/}
  if [[ ! -e $kept/result.json ]]; then
    mkdir -p "$kept"
    for file in "$run"/*.out "$run"/*.scores "$run"/*.csv; do gzip --best --no-name --to-stdout "$file" >"$kept/${file##*/}.gz"; done
    for file in "$run"/*.gz; do cp "$file" "$kept/"; done
    echo "${kept#"$here"/}"
  fi
  cp "$run"/run.json "$result" "$run"/test*.json "$kept/"  # speeds may have been measured once more
done
cp "$report"/report.md "$report"/*.csv "$report"/*.tex "$report"/*.svg "$to/"

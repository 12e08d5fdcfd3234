#!/bin/bash
# Puts a task's finished runs and its report beside this script, to be committed: of each run its configuration, losses, and
# its translations with their scores or its evaluations, so that the report can be made again and goes on on another machine.
# No models. What is there already and the same stays as it is.
# Usage: publish.sh TASK [WORK_FOLDER]   (default: build/recipes/compare_positions)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
[[ $# -ge 1 ]] || { sed -n 's/^# //p' "$0" >&2; exit 2; }
report=${2:-$here/../../build/recipes/compare_positions}/$1/report
to=$here/${1//-/_}_report
[[ -d $report/runs ]] || { echo "expected runs in $report/runs, found none; run run.sh $1 first" >&2; exit 1; }

unpacked() { # FILE: its text, of one that ends in .gz unpacked
  if [[ $1 == *.gz ]]; then gzip --decompress --stdout "$1"; else cat "$1"; fi
}

keep() { # FILE: puts it into $kept as .gz, unless its text is there
  local packed=$kept/${1##*/}
  packed=${packed%.gz}.gz
  if [[ -e $packed ]] && cmp --silent <(unpacked "$1") <(unpacked "$packed"); then return; fi
  unpacked "$1" | gzip --best --no-name >"$packed.part"
  mv "$packed.part" "$packed"
  echo "${packed#"$here"/}"
}

shopt -s nullglob
mkdir -p "$to"
for result in "$report"/runs/*/seed-*/result.json; do
  run=$(dirname "$result")
  kept=$to/${run#"$report"/}
  mkdir -p "$kept"
  for file in "$run"/*.{out,scores,csv}; do keep "$file"; done
  for file in "$run"/*.gz; do  # of runs that were published before; a plain file beside it is newer
    [[ -e ${file%.gz} ]] || keep "$file"
  done
  cp "$run"/run.json "$result" "$run"/test*.json "$kept/"  # speeds may have been measured once more
done
cp "$report"/report.md "$report"/*.csv "$report"/*.tex "$report"/*.svg "$to/"

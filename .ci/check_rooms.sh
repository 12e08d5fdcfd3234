#!/bin/bash
# Checks that each room of lib/ includes only itself and rooms above it, and that each third-party library is seen in one
# room only. Prints every offending line as FILE:LINE and exits with 1 if there is one.
set -euo pipefail
cd "$(dirname "$0")/.."

rooms=(base tensor autograd nn position attention model text data search score train report serve)

# A pattern of an include, and the rooms that may have it.
libraries=(
  'dnnl[a-z_]*\.hp*>       tensor'
  'sentencepiece_          text'
  'unicode/                text'
  'boost/                  base'
  'spdlog/                 base'
  'openssl/                base'
  'mpi\.h>                 train'
  'httplib\.h>             serve'
)

bad=0
complain() { # prints the lines of standard input, each followed by the reason
  while read -r line; do
    echo "$line: $1"
    bad=1
  done
}

allowed=()
for room in "${rooms[@]}"; do
  allowed+=("$room")
  [[ -d lib/$room ]] || continue
  pattern=$(IFS='|' && echo "${allowed[*]}")
  complain "lib/$room may include only: ${allowed[*]}" \
    < <(grep -rnE '^#include "' "lib/$room" | grep -vE ":#include \"($pattern)/")
done

for room in lib/*/; do
  room=$(basename "$room")
  [[ " ${rooms[*]} " == *" $room "* ]] || complain "is not among the rooms: ${rooms[*]}" <<<"lib/$room"
done

for entry in "${libraries[@]}"; do
  read -r include owner <<<"$entry"
  complain "only lib/$owner may include this" \
    < <(grep -rnE "^#include [<\"]$include" lib apps | grep -v "^lib/$owner/")
done

exit $bad

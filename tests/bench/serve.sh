#!/bin/bash
# Usage: serve.sh MODEL TEXT [SECONDS [CONNECTIONS [SERVER-OPTION...]]]
# Loads rotor-serve on loopback by wrk (the package wrk) for SECONDS (300) through CONNECTIONS (32), a sentence of TEXT a request,
# and prints requests a second, latencies, errors, and the server's resident memory after 10 seconds, half-way and at the end.
# $ROTOR_BIN is where the commands are (build/bin).
set -euo pipefail

model=$1 text=$2 seconds=${3:-300} connections=${4:-32}
here=$(dirname "$0")
bin=${ROTOR_BIN:-$here/../../build/bin}
log=$(mktemp)
trap 'kill $server 2>/dev/null; rm --force "$log"' EXIT

"$bin/rotor-serve" "$model" --port 0 "${@:5}" 2>"$log" &
server=$!
until grep --quiet 'http://' "$log"; do
  kill -0 $server || { cat "$log"; exit 1; }
  sleep 0.1
done
url=$(grep --only-matching 'http://.*' "$log")

memory() { echo "$(sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p' /proc/$server/status) kB of memory $1"; }
memory "at the start"
wrk -t1 -c"$connections" -d"${seconds}s" --timeout 60s -s "$here/serve.lua" "$url/translate" -- "$text" &
load=$!
sleep 10
memory "after 10 s"
sleep $((seconds > 20 ? seconds / 2 - 10 : 1))
memory "half-way"
wait $load
memory "at the end"
curl --silent "$url/metrics" | grep -E '^rotor_(requests|sentences|target_tokens)_total|^rotor_batch_sentences_(sum|count)' || true

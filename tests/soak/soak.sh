#!/bin/bash
# Trains for so many seconds, saving and validating all the while, then translates an endless stream of sentences for as
# many, and watches each process. What it needs at most in the second half of the time may not be more than in the first:
# resident memory by a twentieth, open files at all. Prints both, ten lines a process.
# Usage: soak.sh FOLDER_OF_THE_COMMANDS SECONDS
set -euo pipefail
bin=$(realpath "$1") seconds=$2
work=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"

sentences() { # SEED COUNT: lines of 1 to 40 of 500 words, without an end if COUNT is 0
  awk -v seed="$1" -v count="$2" 'BEGIN {
    srand(seed)
    for (i = 0; count == 0 || i < count; ++i) {
      line = ""
      for (n = 1 + int(rand() * 40); n > 0; --n) line = line " w" int(rand() * rand() * 500)
      print substr(line, 2)
    }
  }'
}

watch() { # NAME PID: looks at a process for $seconds; fails if it grows or ends
  local name=$1 pid=$2 begin=$SECONDS now=0 next=0 half memory files
  local memory_of=(0 0) files_of=(0 0) # of each half of the time, the most
  echo "$name: seconds, MB, open files"
  while now=$((SECONDS - begin)) && ((now < seconds)); do
    if ! memory=$(awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status" 2> /dev/null) || [[ -z $memory ]]; then
      echo "$name ended by itself: $(tail -n 1 "$name.log")" >&2
      return 1
    fi
    files=$(ls "/proc/$pid/fd" | wc -l)
    half=$((now * 2 >= seconds))
    ((memory <= memory_of[half])) || memory_of[half]=$memory
    ((files <= files_of[half])) || files_of[half]=$files
    if ((now >= next)); then
      echo "$now $memory $files"
      next=$((next + (seconds + 9) / 10))
    fi
    sleep 0.5
  done
  echo "$name: at most ${memory_of[0]} MB and ${files_of[0]} files in the first half, ${memory_of[1]} MB and" \
    "${files_of[1]} files in the second"
  ((memory_of[1] * 20 <= memory_of[0] * 21 && files_of[1] <= files_of[0])) || { echo "$name grows" >&2; return 1; }
}

stop() { # NAME PID SIGNAL EXIT_CODE
  local code=0
  kill "-$3" "$2"
  wait "$2" || code=$?
  ((code == $4)) || { echo "expected $1 to end with $4 after SIG$3, got $code: $(tail -n 1 "$1.log")" >&2; return 1; }
}

for split in train:1:2000 valid:3:100; do
  IFS=: read -r name seed count <<< "$split"
  sentences "$seed" "$count" > "$name.aa"
  sentences "$seed" "$count" | rev > "$name.bb"
done
"$bin/rotor-preprocess" --source-lang aa --target-lang bb --trainpref train --validpref valid --joined-dictionary \
  --vocab-size 600 --destdir corpus 2> preprocess.log || { cat preprocess.log >&2; exit 1; }

"$bin/rotor-train" corpus --arch transformer_tiny --position-encoding rope --max-tokens 1000 --update-freq 2 \
  --log-interval 1 --save-interval-updates 5 --keep-interval-updates 2 --keep-last-epochs 2 --validate-interval-updates 5 \
  --save-dir run 2> train.log &
training=$!
watch train "$training"
stop train "$training" TERM 143
echo "$(wc -l < run/train.jsonl) reports; $(tail -n 1 run/train.jsonl)"

mkfifo stream
sentences 5 0 > stream 2> /dev/null &
"$bin/rotor-generate" run/checkpoint_last.safetensors --beam 4 --max-len-b 60 --buffer-size 64 --batch-size 16 \
  < stream > translations 2> translate.log &
translating=$!
watch translate "$translating"
stop translate "$translating" TERM 143
echo "$(wc -l < translations) sentences translated"

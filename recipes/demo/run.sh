#!/bin/bash
# Trains a small RoPE Transformer on the embedded English-German corpus, translates its test set and scores it.
# Usage: run.sh [WORK_FOLDER]   (default: build/recipes/demo)
# Takes under 10 minutes on 2 cores, 1 GB of memory and 500 MB of disk. A stage whose result is there already is skipped, and
# an interrupted training goes on where it stopped; remove the work folder to start anew.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
work=${1:-$root/build/recipes/demo}
data=$root/data/demo
mkdir -p "$work"
cd "$work"

echo "Demo: 40,000 sentence pairs, a small RoPE Transformer; under 10 minutes on 2 cores. Everything goes to $work"

if stage 1 "Check the corpus and unpack its test set" test.de; then
  (cd "$data" && sha256sum --check --quiet SHA256SUMS)
  text "$data/test.en" >test.en
  text "$data/test.de" >test.de.part
  mv test.de.part test.de
fi

if stage 2 "Train the vocabulary and binarise the corpus" corpus/manifest.json; then
  run rotor-preprocess --source-lang en --target-lang de --trainpref "$data/train" --validpref "$data/valid" \
    --testpref "$data/test" --joined-dictionary --vocab-size 4000 --destdir corpus
fi

if stage 3 "Train" run/average.safetensors; then
  run rotor-train corpus --config "$here/config.ini" --save-dir run
  echo "== 4. Average the last checkpoints"
  run rotor-average run --last 3 --output run/average.safetensors
fi

if stage 5 "Translate the test set" test.out; then
  translate run/average.safetensors test.en test.out --beam 5 --lenpen 1
fi

echo "== 6. A few translations, none of them seen in training"
for line in 3 25 70 118 300; do
  for side in "source    en" "reference de" "ours      out"; do
    echo "${side% *} $(sed -n "${line}p" "test.${side##* }")"
  done
  echo
done

echo "== 7. Score"
run rotor-score --reference test.de --hypothesis test.out | tee scores.txt
learning_curves run
summary scores.txt corpus corpus/train.safetensors configuration run/config.ini vocabulary corpus/vocabulary.model \
  model run/average.safetensors

#!/bin/bash
# Trains Transformer-tiny on Multi30k English-German with one position encoding, translates test2016 and scores it.
# Usage: run.sh [POSITION_ENCODING [WORK_FOLDER [OPTION OF rotor-train]...]]   (default: rope, build/recipes/multi30k)
# Takes about half an hour on 2 cores, 1.5 GB of memory and 500 MB of disk an encoding. The corpus, 1.3 MB, is downloaded, or
# taken from the folder $ROTOR_MULTI30K ({train,val,test_2016_flickr}.{en,de}, plain or .gz). A stage whose result is there
# already is skipped, and an interrupted training goes on where it stopped; remove the work folder to start anew.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
encoding=${1:-rope}
work=${2:-$root/build/recipes/multi30k}
options=("${@:3}")
mkdir -p "$work"
work=$(cd "$work" && pwd)
data=$(cd "${ROTOR_MULTI30K:-$work}" && pwd)
cd "$work"

url=https://raw.githubusercontent.com/multi30k/dataset/master/data/task1/raw
checksums="0065d13af80720a55ca8153d126e6627  train.en.gz
81ff90b99829c0cd4b1b587d394afd39  train.de.gz
2b69aa9253948ac9f67e94917272dd40  val.en.gz
6e0e229eb049e3fc99a1ef02fb2d5f91  val.de.gz
ff2c0fcb4893a13bd73414306bc250ae  test_2016_flickr.en.gz
efd67d314d98489b716b145475101932  test_2016_flickr.de.gz"

echo "Multi30k: 29,000 sentence pairs, transformer_tiny with $encoding; about half an hour on 2 cores. Everything goes to $work"

if stage 1 "Fetch the corpus" test.de; then
  if [[ -z ${ROTOR_MULTI30K:-} ]]; then
    "$root/.ci/install_packages.sh" recipe
    while read -r sum file; do download md5 "$sum" "$url/$file"; done <<<"$checksums"
  fi
  text "$data/test_2016_flickr.en" >test.en
  text "$data/test_2016_flickr.de" >test.de.part
  mv test.de.part test.de
fi

if stage 2 "Train the vocabulary and binarise the corpus" corpus/manifest.json; then
  run rotor-preprocess --source-lang en --target-lang de --trainpref "$data/train" --validpref "$data/val" \
    --testpref "$data/test_2016_flickr" --joined-dictionary --vocab-size 10000 --destdir corpus
fi

if stage 3 "Train" "$encoding/average.safetensors"; then
  run rotor-train corpus --arch transformer_tiny --position-encoding "$encoding" --config "$here/config.ini" \
    --save-dir "$encoding" "${options[@]}"
  echo "== 4. Average the last 10 checkpoints"
  average "$encoding" 10 "$encoding/average.safetensors"
fi

if stage 5 "Translate test2016" "$encoding/test.out"; then
  translate "$encoding/average.safetensors" test.en "$encoding/test.out" --beam 5 --lenpen 1
fi

echo "== 6. Score"
run rotor-score --reference test.de --hypothesis "$encoding/test.out" | tee "$encoding/scores.txt"
learning_curves "$encoding"
summary "$encoding/scores.txt" corpus corpus/train.safetensors configuration "$encoding/config.ini" \
  vocabulary corpus/vocabulary.model model "$encoding/average.safetensors"

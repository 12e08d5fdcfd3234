#!/bin/bash
# Trains transformer_base on WMT14 English-German (4.5 million pairs), translates newstest2014 and scores it both ways.
# Usage: run.sh [WORK_FOLDER [VOCABULARY_SIZE [OPTION OF rotor-train]...]]   (default: build/recipes/wmt14_en_de, 37000)
# Needs 1.7 GB of downloads, 12 GB of disk and about 8 GB of memory; the training takes days on a large server (README.md). A
# stage whose result is there already is skipped, an interrupted download or training goes on; remove a result to make it anew.
# $ROTOR_ARCHIVES names another list of archives than archives.txt, such as one of a mirror.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
archives=$(realpath "${ROTOR_ARCHIVES:-$here/archives.txt}")
work=${1:-$root/build/recipes/wmt14_en_de}
vocabulary=${2:-37000}
options=("${@:3}")
mkdir -p "$work/archives" "$work/text"
cd "$work"

echo "WMT14 English-German with options: ${options[*]:-those of config.ini}. Everything goes to $work"

if stage 1 "Download" archives/done; then
  download_all "$archives"
fi

if stage 2 "Extract" text/extracted; then
  for language in en de; do
    for corpus in europarl-v7:europarl-v7 commoncrawl:commoncrawl nc-v9:news-commentary-v9; do
      unpack "archives/training-parallel-${corpus%:*}.tgz" "*${corpus#*:}.de-en.$language"
    done >"text/raw.$language"
    [[ $language == en ]] && side=src || side=ref
    unpack archives/test.tgz "*newstest2013-$side.$language.sgm" >"text/valid.$language.sgm"
    unpack archives/test-full.tgz "*newstest2014-deen-$side.$language.sgm" >"text/test.$language.sgm"
  done
  touch text/extracted
fi

if stage 3 "Clean" text/cleaned; then
  for language in en de; do
    clean <"text/raw.$language" >"text/train.$language"
    for split in valid test; do sentences <"text/$split.$language.sgm" >"text/$split.$language"; done
  done
  touch text/cleaned
  wc --lines text/{train,valid,test}.{en,de}
fi

if stage 4 "Train the joint vocabulary and binarise" corpus/manifest.json; then
  run rotor-preprocess --source-lang en --target-lang de --trainpref text/train --validpref text/valid --testpref text/test \
    --joined-dictionary --vocab-size "$vocabulary" --vocab-lines 4000000 --train-max-length 250 --train-max-ratio 1.5 \
    --destdir corpus
fi

if stage 5 "Train" average.safetensors; then
  run rotor-train corpus --config "$here/config.ini" --save-dir run "${options[@]}"
  echo "== 6. Average the last 5 checkpoints"
  average run 5 average.safetensors
fi

# A length penalty of 0.6 means two things: fairseq and RoFormer divide by length^0.6, Vaswani et al. by ((5 + length) / 6)^0.6.
for kind in power gnmt; do
  if stage 7 "Translate newstest2014, --lenpen-kind $kind" "test.$kind"; then
    translate average.safetensors text/test.en "test.$kind" --beam 4 --lenpen 0.6 --lenpen-kind "$kind"
  fi
done

echo "== 8. Score"
for kind in power gnmt; do
  run rotor-score --reference text/test.de --hypothesis "test.$kind" --compound-split-bleu --source text/test.en
done | tee scores.txt
learning_curves run
awk '/^## /{shown = /Published/} shown' "$here/README.md"
summary scores.txt corpus corpus/train.safetensors configuration run/config.ini vocabulary corpus/vocabulary.model \
  model average.safetensors

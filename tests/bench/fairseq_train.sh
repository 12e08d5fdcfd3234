#!/bin/sh
# fairseq's training speed and peak memory on Multi30k En-De, to set beside rotor-train's on the same quiet machine.
#   tests/bench/fairseq_train.sh <vocabulary.model> <tiny|iwslt|base> [updates] [fairseq-train options ...]
# Takes the SentencePiece model that rotor-preprocess wrote, so that both train on the same ids; the raw text from
# $ROTOR_MULTI30K; a Python environment with fairseq and sentencepiece from $ROTOR_PEERS/env.sh. Two threads, tcmalloc
# preloaded. Prints one JSON line. tiny takes about 2 minutes, base about 3; OMP_NUM_THREADS changes the threads.
set -eu
[ $# -ge 2 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
vocabulary=$1 model=$2
shift 2
case $model in
  tiny) layers=4 width=128 inner=256 heads=4 updates=150 interval=10 ;;
  iwslt) layers=6 width=512 inner=1024 heads=4 updates=24 interval=3 ;;
  base) layers=6 width=512 inner=2048 heads=8 updates=16 interval=2 ;;
  *) echo "expected the model tiny, iwslt or base, got $model" >&2; exit 2 ;;
esac
case ${1:-} in [0-9]*) updates=$1; shift ;; esac
: "${ROTOR_MULTI30K:?expected the folder of Multi30k, with train.en.gz and so on}"
: "${ROTOR_PEERS:?expected the folder whose env.sh activates a Python with fairseq}"
tcmalloc=libtcmalloc_minimal.so.4
PATH=$PATH:/sbin ldconfig -p | grep -q "$tcmalloc" || { echo "$tcmalloc is missing: apt-get install libtcmalloc-minimal4" >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
. "$ROTOR_PEERS/env.sh"
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python "$here/fairseq_train.py" encode "$vocabulary" "$ROTOR_MULTI30K" "$work"
fairseq-preprocess --source-lang en --target-lang de --trainpref "$work/train" --validpref "$work/val" \
  --srcdict "$work/dict.txt" --joined-dictionary --destdir "$work/bin" > "$work/preprocess.log" 2>&1 ||
  { cat "$work/preprocess.log" >&2; exit 1; }

# The machine's allocator decides a third of the tiny model's time: the fair peer is the one with tcmalloc.
LD_PRELOAD=$tcmalloc python "$here/fairseq_train.py" measure "$model" \
  fairseq-train "$work/bin" --source-lang en --target-lang de --cpu --seed 1 --max-tokens 4096 \
  --arch transformer --share-all-embeddings \
  --encoder-layers $layers --encoder-embed-dim $width --encoder-ffn-embed-dim $inner --encoder-attention-heads $heads \
  --decoder-layers $layers --decoder-embed-dim $width --decoder-ffn-embed-dim $inner --decoder-attention-heads $heads \
  --criterion label_smoothed_cross_entropy --label-smoothing 0.1 --dropout 0.3 --clip-norm 25 \
  --optimizer adam --adam-betas '(0.9, 0.98)' --adam-eps 1e-8 \
  --lr 0.005 --lr-scheduler inverse_sqrt --warmup-updates 2000 --warmup-init-lr 1e-7 \
  --max-update "$updates" --no-save --disable-validation --log-format json --log-interval $interval "$@"

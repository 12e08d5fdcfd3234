#!/bin/sh
# Training speed and peak memory of rotor-train and fairseq on Multi30k En-De, in turns on this machine.
#   tests/bench/compare_training.sh <corpus> <tiny|base> [rounds]
# <corpus> is the folder that the recipe multi30k or rotor-preprocess made; $ROTOR_MULTI30K and $ROTOR_PEERS as for
# fairseq_train.sh. Two threads unless OMP_NUM_THREADS says otherwise; run it on a quiet machine. Each round takes about
# 3 minutes. Prints one JSON line a run, then the medians and their ratio.
set -eu
[ $# -ge 2 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
corpus=$1 model=$2 rounds=${3:-3}
case $model in
  tiny) updates=150 interval=10 ;;
  base) updates=16 interval=2 ;;
  *) echo "expected the model tiny or base, got $model" >&2; exit 2 ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
rotor=$here/../../build/bin/rotor-train
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for round in $(seq "$rounds"); do
  rm -rf "$work/run"
  "$rotor" "$corpus" --arch "transformer_$model" --position-encoding sinusoidal --max-tokens 4096 --seed 1 \
    --lr 0.005 --warmup-updates 2000 --dropout 0.3 --clip-norm 25 --max-update $updates --disable-validation \
    --no-save --save-dir "$work/run" --log-interval $interval 2> "$work/rotor.log" || { cat "$work/rotor.log" >&2; exit 1; }
  python3 - "$work/run/train.jsonl" <<'PYTHON' | tee -a "$work/rotor.jsonl"
import json, statistics, sys
reports = [json.loads(line) for line in open(sys.argv[1])]
speeds = [report["tokens_per_second"] for report in reports]
settled = speeds[-(-len(speeds) // 5) :]
print(json.dumps({"program": "rotor", "tokens_per_second": statistics.median(settled), "lowest": min(settled),
                  "highest": max(settled), "memory_mb": reports[-1]["memory_mb"]}))
PYTHON
  "$here/fairseq_train.sh" "$corpus/vocabulary.model" "$model" 2> "$work/fairseq.log" | tee -a "$work/fairseq.jsonl" ||
    { cat "$work/fairseq.log" >&2; exit 1; }
done
python3 - "$work" <<'PYTHON'
import json, statistics, sys
runs = {name: [json.loads(line) for line in open(f"{sys.argv[1]}/{name}.jsonl")] for name in ("rotor", "fairseq")}
speed = {name: statistics.median(run["tokens_per_second"] for run in of) for name, of in runs.items()}
for name, of in runs.items():
    each = [round(run["tokens_per_second"]) for run in of]
    print(f"{name}: {speed[name]:.0f} target tokens/s ({min(each)}-{max(each)}), {max(run['memory_mb'] for run in of)} MB")
print(f"ratio: {speed['rotor'] / speed['fairseq']:.2f}")
PYTHON

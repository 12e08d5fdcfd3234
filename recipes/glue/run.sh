#!/bin/bash
# Fine-tunes a pre-trained encoder on tasks of GLUE, and prints the scores of their validation sets.
# Usage: run.sh MODEL [WORK_FOLDER [TASK...]]   (default: build/recipes/glue, the tasks whose files are there)
# MODEL is a masked language model that rotor-train wrote (recipes/masked_lm), or one that rotor-convert made of a Hugging Face
# folder. $ROTOR_GLUE is a folder with those files that there are, plain or .gz: GLUE's SST-2/{train,dev}.tsv, CoLA, RTE, QNLI and QQP
# likewise, MNLI/{train,dev_matched}.tsv, and the corpora's own MRPC/msr_paraphrase_{train,test}.txt and STS-B/sts-{train,dev}.csv (of
# the STS benchmark). Each task is trained for 3 epochs with each learning rate of $RATES (default: "2e-5 5e-5"), and the best
# validation counts. Needs 2 GB of memory. What is finished is not repeated and an interrupted training goes on.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
(($#)) || die "expected a model: run.sh MODEL [WORK_FOLDER [TASK...]]"
model=$(realpath "$1")
work=${2:-$root/build/recipes/glue}
wanted=("${@:3}")
glue=$(cd "${ROTOR_GLUE:?expected the folder of the files in ROTOR_GLUE}" && pwd)
mkdir -p "$work"
cd "$work"

# TASK TRAINING-FILE VALIDATION-FILE METRIC, then the options that say what their columns are
tasks="SST-2 train.tsv dev.tsv accuracy --text-columns sentence --label-column label
CoLA train.tsv dev.tsv mcc --no-header --text-columns 4 --label-column 2
MRPC msr_paraphrase_train.txt msr_paraphrase_test.txt f1 --text-columns #1_String,#2_String --label-column Quality
STS-B sts-train.csv sts-dev.csv spearman --no-header --table-format tsv --text-columns 6,7 --label-column 5 --regression-target
RTE train.tsv dev.tsv accuracy --text-columns sentence1,sentence2 --label-column label
QNLI train.tsv dev.tsv accuracy --text-columns question,sentence --label-column label
QQP train.tsv dev.tsv f1 --text-columns question1,question2 --label-column is_duplicate --skip-malformed-rows
MNLI train.tsv dev_matched.tsv accuracy --text-columns sentence1,sentence2 --label-column gold_label"
for task in "${wanted[@]}"; do
  [[ $'\n'$tasks == *$'\n'"$task "* ]] || die "expected tasks of $(cut -d ' ' -f 1 <<<"$tasks" | paste -sd ,), got $task"
done

file() { # NAME: the file as it is, or packed
  if [[ -e $glue/$1 ]]; then echo "$glue/$1"; else echo "$glue/$1.gz"; fi
}

fine_tune() { # TASK TRAIN VALID METRIC OPTION...
  local task=$1 metric=$4 rate columns=("${@:5}")
  columns=("${columns[@]//_String/ String}")
  if stage "$task" "Binarise" "$task/corpus/manifest.json"; then
    run rotor-preprocess --task sentence_prediction --trainpref "$(file "$task/$2")" --validpref "$(file "$task/$3")" \
      "${columns[@]}" --vocabulary "$model" --destdir "$task/corpus"
  fi
  for rate in ${RATES:-2e-5 5e-5}; do
    stage "$task" "Fine-tune with --lr $rate" "$task/$rate/scores" || continue
    run rotor-train "$task/corpus" --config "$here/config.ini" --finetune-from-model "$model" --lr "$rate" \
      --best-checkpoint-metric "$metric" --save-dir "$task/$rate"
    rotor-evaluate "$task/$rate/checkpoint_best.safetensors" --corpus "$task/corpus" --gen-subset valid --max-source-positions 128 \
      --predictions "$task/$rate/predictions.tsv" >"$task/$rate/scores.part"
    mv "$task/$rate/scores.part" "$task/$rate/scores"
  done
}

report=()
while read -r task train valid metric columns; do
  [[ ${#wanted[@]} == 0 || " ${wanted[*]} " == *" $task "* ]] || continue
  if [[ ! -e $(file "$task/$train") ]]; then
    echo "$task: not run, because $glue has no $task/$train"
    continue
  fi
  fine_tune "$task" "$train" "$valid" "$metric" $columns
  best=$(for rate in ${RATES:-2e-5 5e-5}; do
    sed "s/.*\b$metric \([^ ]*\).*/\1 --lr $rate | &/" "$task/$rate/scores"
  done | sort --general-numeric-sort --reverse | head -n 1)
  report+=("$task | $metric $best")
done <<<"$tasks"
printf '%s\n' "${report[@]}"

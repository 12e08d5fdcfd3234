#!/bin/bash
# Character language models on linear attention (RoFormer, section 4.4, figure 3 on the right): Performers with rotary positions
# after and before the feature map, sinusoidal, learned, and without positions; softmax attention beside them.
# Usage: run.sh [TASK [WORK_FOLDER [OPTION OF rotor-compare]...]]   (default: enwik8, build/recipes/enwik8_performer)
#   enwik8  the first 100 million bytes of Wikipedia, downloaded (36 MB), or enwik8.zip of the folder $ROTOR_ENWIK8
#   ptb     the Penn Treebank's characters, after recipes/penn_treebank, or of the folder $ROTOR_PTB
#   docs    30 MB of text from Debian 12's documentation packages (20 MB of downloads through its apt; nothing is installed)
# Finished trainings are not repeated and an interrupted one goes on.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
task=${1:-enwik8}
work=${2:-$root/build/recipes/enwik8_performer}
options=("${@:3}")
absolute ROTOR_ENWIK8 ROTOR_PTB
case $task in enwik8 | ptb | docs) ;; *) die "expected a task, enwik8, ptb or docs, got $task" ;; esac
mkdir -p "$work/$task"
cd "$work/$task"
echo "Task $task. Everything goes to $PWD"

enwik8() { # 90, 5 and 5 million bytes
  local data=${ROTOR_ENWIK8:-.}
  "$root/.ci/install_packages.sh" documents
  if [[ -z ${ROTOR_ENWIK8:-} ]]; then
    "$root/.ci/install_packages.sh" recipe
    download zip - http://mattmahoney.net/dc/enwik8.zip
  fi
  [[ -e $data/enwik8.zip ]] || die "expected enwik8.zip in $data, which has none; name another folder, or unset ROTOR_ENWIK8"
  checked zip - "$data/enwik8.zip" || die "$data/enwik8.zip is damaged; remove it and run this again"
  python3 -m zipfile --extract "$data/enwik8.zip" .
  checked md5 a1fa5ffddb56f4953e226637dabbb36a enwik8 || die "enwik8 is not what it should be; remove $data/enwik8.zip and run this again"
  head --bytes 90000000 enwik8 >train
  tail --bytes +90000001 enwik8 | head --bytes 5000000 >valid
  tail --bytes 5000000 enwik8 >test.part
  mv test.part test
}

ptb() {
  local data=${ROTOR_PTB:-$root/build/recipes/penn_treebank}
  for split in train valid test; do
    [[ -e $data/ptb.$split.txt || -e $data/ptb.$split.txt.gz ]] ||
      die "expected ptb.$split.txt in $data; run recipes/penn_treebank first, or set ROTOR_PTB"
    text "$data/ptb.$split.txt" | sed 's/^ *//; s/ *$//' >"$split.part"
    mv "$split.part" "$split"
  done
}

docs() {
  "$root/.ci/install_packages.sh" documents
  mkdir -p debs
  (cd debs && run apt-get download --quiet=2 python3.11-doc postgresql-doc-15 debian-reference-en git-doc)
  run "$here/documents.py" debs
}

if stage 1 "Fetch the text" test; then "$task"; fi

if stage 2 "Binarise the bytes" corpus/manifest.json; then
  run rotor-preprocess --task language_modeling --model-type byte --trainpref train --validpref valid --testpref test \
    --destdir corpus
fi

echo "== 3. Train, evaluate, report"
run rotor-compare corpus --config "$here/config.ini" --published "$here/published.csv" --output report "${options[@]}"
cp report/quality.csv scores.txt
summary scores.txt corpus corpus/train.safetensors configuration "$here/config.ini" quality report/quality.csv

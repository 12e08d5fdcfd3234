#!/bin/bash
# Trains transformer_iwslt on IWSLT14 German-English (160,000 pairs of lower-cased talks) as fairseq's example does,
# translates its test set and scores it both ways.
# Usage: run.sh [WORK_FOLDER [VOCABULARY_SIZE [OPTION OF rotor-train]...]]   (default: build/recipes/iwslt14_de_en, 10000)
# Needs a download of about 20 MB and 2 GB of disk. A stage whose result is there already is skipped, an interrupted download or
# training goes on; remove a result to make it anew. $ROTOR_ARCHIVES names another list of archives than archives.txt.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
archives=$(realpath "${ROTOR_ARCHIVES:-$here/archives.txt}")
work=${1:-$root/build/recipes/iwslt14_de_en}
vocabulary=${2:-10000}
options=("${@:3}")
mkdir -p "$work/archives" "$work/text"
cd "$work"

lower() {
  LC_ALL=C.UTF-8 sed 's/.*/\L&/'
}

split_pairs() { # pairs of lines with a tab between -> text/{train,valid}.{de,en}: every 23rd pair is for validation. Pairs
  # of more than 175 words and punctuation marks on a side, or of 1.5 times the other's, are left out.
  LC_ALL=C awk -F '\t' '
    function words(text, parts) {
      gsub(/[[:punct:]]/, " & ", text)
      return split(text, parts, " ")
    }
    { de = words($1); en = words($2) }
    de && en && de <= 175 && en <= 175 && de <= 1.5 * en && en <= 1.5 * de {
      part = ++kept % 23 == 0 ? "valid" : "train"
      print $1 >("text/" part ".de")
      print $2 >("text/" part ".en")
    }'
}

echo "IWSLT14 German-English with options: ${options[*]:-those of config.ini}. Everything goes to $work"

if stage 1 "Download" archives/done; then
  download_all "$archives"
fi

if stage 2 "Extract and clean" text/extracted; then
  for language in de en; do
    unpack archives/de-en.tgz "*/train.tags.de-en.$language" |
      sed '/<url>/d; /<talkid>/d; /<keywords>/d; s/<\/\?title>//g; s/<\/\?description>//g' |
      unescape | clean | lower >"text/all.$language"
    for set in TED.dev2010 TEDX.dev2012 TED.tst2010 TED.tst2011 TED.tst2012; do
      unpack archives/de-en.tgz "*/IWSLT14.$set.de-en.$language.xml"
    done | sentences | sed "s/’/'/g" | lower >"text/test.$language"
  done
  touch text/extracted
fi

if stage 3 "Split" text/split; then
  (($(wc --lines <text/all.de) == $(wc --lines <text/all.en))) || die "text/all.de and text/all.en differ in length"
  paste text/all.de text/all.en | split_pairs
  wc --lines text/{train,valid,test}.{de,en}
  touch text/split
fi

if stage 4 "Train the joint vocabulary and binarise" corpus/manifest.json; then
  run rotor-preprocess --source-lang de --target-lang en --trainpref text/train --validpref text/valid --testpref text/test \
    --joined-dictionary --vocab-size "$vocabulary" --destdir corpus
fi

if stage 5 "Train" average.safetensors; then
  run rotor-train corpus --config "$here/config.ini" --save-dir run "${options[@]}"
  echo "== 6. Average the last 10 checkpoints"
  average run 10 average.safetensors
fi

if stage 7 "Translate the test set" test.out; then
  translate average.safetensors text/test.de test.out --beam 5 --lenpen 1
fi

# Published figures are of Moses's tokens without smoothing, lower-cased; sacreBLEU's tokens are for everything else.
echo "== 8. Score"
{
  run rotor-score --reference text/test.en --hypothesis test.out --lowercase --source text/test.de
  run rotor-score --reference text/test.en --hypothesis test.out --lowercase --tokenize moses-en --smooth-method none
} | tee scores.txt
learning_curves run
awk '/^## /{shown = /Published/} shown' "$here/README.md"
summary scores.txt archive archives/de-en.tgz corpus corpus/train.safetensors configuration run/config.ini \
  vocabulary corpus/vocabulary.model model average.safetensors

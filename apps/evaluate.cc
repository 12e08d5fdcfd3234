// rotor-evaluate: a model and a corpus -> the model's loss on a split, and scores of it.
#include <iostream>

#include "base/command_line.h"
#include "base/run_app.h"
#include "base/threads.h"
#include "evaluate/evaluations.h"

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::CommandLine options(
        "rotor-evaluate", "rotor-evaluate model.safetensors --corpus FOLDER [options]",
        "Measures how well a model predicts a split of a corpus, and prints one line: loss (bits a "
        "token), ppl (perplexity), of language models bits_per_character and bits_per_byte, and "
        "the number of tokens.");
    options.example("rotor-evaluate run/checkpoint_best.safetensors --corpus data-bin",
                    "Evaluates a language model on the split \"test\".");
    options.example(
        "rotor-evaluate lm.safetensors --corpus data-bin --tokens-per-sample 512 --context-window 384 "
        "--by-position loss.csv",
        "Predicts every token from 384 others at least, and writes the loss at each position.");
    rotor::EvaluateOptions evaluation;
    evaluation.describe(options);
    options.parse(argc, argv);
    evaluation.check();
    rotor::set_threads(evaluation.threads);
    const rotor::SafeTensors model = rotor::open_model(evaluation.model, rotor::verification(evaluation.no_verify));
    evaluation.task = rotor::read_model_options(model).task;
    options.warn_of_ignored();
    const auto scores = rotor::evaluate(evaluation, model);
    std::cout << (evaluation.format == "json" ? scores.dump() : rotor::evaluation_text(scores)) << '\n';
  });
}

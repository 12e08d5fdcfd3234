// rotor-generate: a model and text -> translations, scores of given translations, or continued prompts.
#include "search/generate.h"

#include <iostream>

#include "base/command_line.h"
#include "base/run_app.h"
#include "base/signals.h"
#include "compare/lenpen_sweep.h"

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::GenerateOptions generate_options;
    rotor::CommandLine options(
        "rotor-generate", "rotor-generate model.safetensors [options] < source > translations",
        "Translates text line by line, in input order; an empty line gives an empty line. A language "
        "model continues each line instead, and an empty line begins a text. With "
        "--nbest above 1 it prints one line for each hypothesis: the number of the source line from "
        "0, the score (natural logarithm) and the text, separated by tabs.");
    options.example("rotor-generate run/checkpoint_best.safetensors --input test.en --output test.de",
                    "Translates a file with one sentence on each line.");
    options.example("echo 'A dog runs.' | rotor-generate a.safetensors:b.safetensors --beam 10 --nbest 3",
                    "Prints the three best translations of an ensemble of two models.");
    options.example("rotor-generate lm.safetensors --sampling --sampling-topp 0.9 --beam 1 < prompts.txt",
                    "Continues each line with a language model, by tokens drawn at random.");
    generate_options.describe(options);
    rotor::LenpenSweepOptions sweep;
    sweep.describe(options);
    options.parse(argc, argv);
    generate_options.configs = options.configs();
    generate_options.asks_to_translate = options.foreign("--task").has_value();
    generate_options.check();
    options.warn_of_ignored();
    rotor::catch_signals();
    if (sweep.range.empty()) {
      rotor::generate(generate_options);
    } else {
      rotor::sweep_lenpen(sweep, generate_options, std::cout);
    }
  });
}

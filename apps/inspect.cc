// rotor-inspect: a model, checkpoint, corpus or folder in; what it is, whether it is sound, or figures of its positions
// out.
#include "inspect/inspect.h"

#include <iostream>

#include "base/command_line.h"
#include "base/run_app.h"

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::CommandLine options(
        "rotor-inspect", "rotor-inspect FILE|FOLDER [options] | rotor-inspect --long-term-decay FIGURE [options]",
        "Describes a model, checkpoint, corpus or folder, verifies it, and draws its position encodings.");
    options.example("rotor-inspect run/checkpoint_best.safetensors", "Describes the model and its training.");
    options.example("rotor-inspect data-bin/train.safetensors --verify", "Checks a file against its checksums.");
    rotor::InspectOptions inspect;
    inspect.describe(options);
    options.parse(argc, argv);
    inspect.check();
    options.warn_of_ignored();
    rotor::inspect(inspect, std::cout);
  });
}

// rotor-inspect: a model, checkpoint, corpus or folder in; what it is, whether it is sound, or figures of its positions
// out.
#include "report/inspect.h"

#include <iostream>

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::Options options(
        "rotor-inspect", "rotor-inspect FILE|FOLDER [options] | rotor-inspect --long-term-decay FIGURE [options]",
        "Says what a model, checkpoint, corpus or folder of them is, verifies it, and draws its position encodings.");
    rotor::InspectOptions inspect;
    inspect.describe(options);
    options.parse(argc, argv);
    inspect.check(options);
    rotor::inspect(inspect, std::cout);
  });
}

// rotor-inspect: a model, checkpoint or corpus in; what it is, whether it is sound, or figures of its positions out.
#include "report/inspect.h"

#include <iostream>

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::Options options(
        "rotor-inspect", "rotor-inspect FILE [options] | rotor-inspect --long-term-decay FIGURE [options]",
        "Says what a model, checkpoint or corpus is, verifies it, and draws its position encodings.");
    rotor::InspectOptions inspect;
    inspect.describe(options);
    options.parse(argc, argv);
    inspect.check(options);
    rotor::inspect(inspect, std::cout);
  });
}

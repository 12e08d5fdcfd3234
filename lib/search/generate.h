// From a model and text to translations or scores: what rotor-generate does between its options and its exit code.
// Sentences are read a buffer at a time, batched by length within it, and answered in the order they came in, each
// as soon as it and all before it are ready.
#pragma once

#include "search/generate_options.h"
#include "search/output.h"

namespace rotor {

/// Reads, translates or scores, and writes. An Error if the model, the corpus or a line of text is not as expected;
/// Interrupted after a signal caught by catch_signals().
void generate(const GenerateOptions& options);

/// Likewise, with translations printed in another way, in the order of the input.
void generate(const GenerateOptions& options, const PrintHypotheses& print);

}  // namespace rotor

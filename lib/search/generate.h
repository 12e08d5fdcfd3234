// The work of rotor-generate between its options and its exit code: from a model and text to translations,
// scores, or continued prompts.
// Sentences are read a buffer at a time, batched by length within it, and answered in the order they came in, each as
// soon as it and all before it are ready.
#pragma once

#include "search/generate_options.h"
#include "search/output.h"

namespace rotor {

/// Reads, translates, scores or continues, and writes. Throws an Error if the model, the corpus or a line of text is
/// not as expected, and Interrupted after a signal caught by catch_signals().
void generate(const GenerateOptions& options);

/// Works as above, but prints hypotheses by the given function, in the order of the input.
void generate(const GenerateOptions& options, const PrintHypotheses& print);

}  // namespace rotor

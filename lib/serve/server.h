// The server of rotor-serve: takes connections, and answers what comes on them as a Router does.
#pragma once

#include "serve/options.h"

namespace rotor {

/// Listens until a signal comes, then takes no more requests, closes the connections that have no whole one, answers
/// what was accepted and throws Interrupted. catch_signals() comes first. Options that read_model() did not complete
/// yet are completed. An Error if it cannot listen there, or the model is none.
void serve(ServeOptions options);

}  // namespace rotor

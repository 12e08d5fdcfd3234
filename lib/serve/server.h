// The HTTP server of rotor-serve.
//   POST /translate   JSON in, JSON out (serve/translate_request.h, serve/answer.h)
//   GET /health       that it is ready, with the model
//   GET /metrics      what it counts, for Prometheus
//   GET /             a page to translate on
// An error is {"error": one line} under its HTTP status.
#pragma once

#include "serve/options.h"

namespace rotor {

/// Listens until a signal comes, then takes no more connections, answers what was accepted and throws Interrupted.
/// catch_signals() comes first. An Error if it cannot listen there, or the model is none.
void serve(const ServeOptions& options);

}  // namespace rotor

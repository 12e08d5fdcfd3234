// rotor-serve: a model -> translations over HTTP.
#include "base/options.h"
#include "base/signals.h"
#include "serve/server.h"

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::ServeOptions serve_options;
    rotor::Options options(
        "rotor-serve", "rotor-serve model.safetensors [options]",
        "Translates over HTTP: POST /translate takes {\"text\": a text or a list of texts} and, beside "
        "it, the options of the group Search, split, print-alignment, replace-unk and attention, under "
        "these names; it answers with JSON. Requests of LibreTranslate ({\"q\": …}) are answered as its "
        "clients expect. GET /health and GET /metrics (Prometheus) say how it is, GET /languages what it "
        "translates, GET / is a page to translate on. A signal ends it once what was accepted is answered.");
    serve_options.describe(options);
    options.parse(argc, argv);
    rotor::catch_signals();
    rotor::serve(serve_options);
  });
}

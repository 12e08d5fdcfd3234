// rotor-serve: a model -> translations, predictions or sentence vectors over HTTP.
#include "base/command_line.h"
#include "base/run_app.h"
#include "base/signals.h"
#include "serve/server.h"

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::ServeOptions serve_options;
    rotor::CommandLine options(
        "rotor-serve", "rotor-serve model.safetensors [options]",
        "Answers over HTTP with a model. One that translates: POST /translate takes {\"text\": a text or a list of "
        "texts} and, beside "
        "it, the options of the group Search, split, print-alignment, replace-unk and attention, under "
        "these names; it answers with JSON. Requests of LibreTranslate ({\"q\": …}) are answered as its "
        "clients expect, GET /languages says what it translates, GET / is a page to translate on. A classifier, "
        "regressor or ranker: POST /predict takes the same, or {\"texts\": a list of rows of texts}. Each model that "
        "is "
        "an encoder: POST /vector gives vectors of texts. GET /health and GET /metrics (Prometheus) say how it is. A "
        "signal ends it once what was accepted is answered.");
    options.example("rotor-serve model.safetensors --port 8080", "Serves a page and an API on http://127.0.0.1:8080.");
    options.example("curl --json '{\"text\": \"A dog runs.\", \"beam\": 4}' http://127.0.0.1:8080/translate",
                    "Translates a sentence with it.");
    options.example(
        "curl --json '{\"texts\": [[\"A dog runs.\", \"An animal moves.\"]]}' http://127.0.0.1:8080/predict",
        "Classifies a pair, where the model is a classifier of pairs.");
    serve_options.describe(options);
    options.parse(argc, argv);
    serve_options.check();
    serve_options.read_model();
    options.apply();  // what was given goes before what the model says
    serve_options.check();
    options.warn_of_ignored();
    rotor::catch_signals();
    rotor::serve(serve_options);
  });
}

#include "serve/options.h"

#include "base/option_text.h"
#include "base/threads.h"
#include "data/truncation.h"
#include "search/search_models.h"
#include "serve/batch_queue.h"

namespace rotor {

void ServeOptions::describe(Options& options) {
  options.positional(
      "model", model,
      "model file that rotor-train or rotor-average wrote; a:b for an ensemble of models, unless there is a file a:b");
  options.group("Server");
  options.add("host", host, "address to listen on; 0.0.0.0 for all addresses of this machine");
  options.add("port", port, "port to listen on; 0: a free port, which the log names").at_least(0).at_most(65535);
  options
      .add("connections", connections,
           "number of connections served at a time; if all are taken, one without a request is closed, or more "
           "connections wait")
      .at_least(1)
      .at_most(100000);
  describe_access(options);
  describe_limits(options);
  describe_models(options);
  options.group("Speed and memory");
  options.add("batch-size", batch_size, "largest batch in sentences or rows; 0: no limit").at_least(0);
  options.add("max-tokens", max_tokens, "largest batch in tokens, sentences * longest; 0: no limit").at_least(0);
  options
      .add(
          "batch-work", batch_work,
          "greatest work of a batch of several sentences, as in --max-work but for translations of twice the source "
          "plus 10 tokens: smaller values need less memory and let short requests wait less for long ones; 0: no limit")
      .at_least(0);
  options.add("batch-wait", batch_wait, "milliseconds that a batch which is not full waits for more sentences")
      .at_least(0)
      .at_most(10000);
  compute.describe(options);
  for (const char* name : {"shortlist", "vocab-limit"}) {
    options.option(name).only("for models that translate", [this] { return translates(); });
  }
  options
      .add("workers", workers,
           "number of batches translated at a time, which share the threads; 0: one for each thread")
      .at_least(0)
      .at_most(4096);
}

/// What only some kinds of models need.
void ServeOptions::describe_models(Options& options) {
  options.only(
      "for models that translate", [this] { return translates(); },
      [&] {
        options.group("Server");
        options.add("split", split,
                    "split texts into sentences, unless a request says otherwise; false: each text is one sentence");
        options.add("source-lang", source_lang,
                    "language of the texts, such as en, for its abbreviations and GET /languages; not given, what the "
                    "model says");
        options.add("target-lang", target_lang,
                    "language of the translations, for GET /languages; not given, what the model says");
        search.describe(options);
      });
  options.only(
      "for models of texts", [this] { return !task.empty() && !translates(); },
      [&] {
        options.group("Predictions and vectors");
        describe_truncation(options, truncate);
        describe_vectors(options, pooling, normalize);
      });
}

void ServeOptions::describe_access(Options& options) {
  options.group("Access");
  options.add("allow-host", allow_host,
              "names by which clients may call this server, besides --host, localhost and numeric addresses; *: all "
              "(others get 403)");
  options.add("cors-origin", cors_origin,
              "sites whose pages may send requests here, as https://example.org; *: all (others get 403)");
  options.add("api-key-file", api_key_file,
              "file of keys, one on each line; what is posted must have one of them, as Authorization: Bearer "
              "KEY, X-API-Key: KEY, or api_key in the JSON (others get 401)");
  options.add("access-log", access_log,
              "file to which a line is appended for each request, in the Common Log Format with the seconds it took; "
              "-: standard output");
}

void ServeOptions::describe_limits(Options& options) {
  options.group("Limits (what is above gets this HTTP status)");
  options
      .add("max-body", max_body,
           "413: greatest size of a request in bytes; 431: 16384 bytes of address and header fields")
      .at_least(1);
  options
      .add("max-source-positions", max_source_positions,
           "422: greatest number of tokens of a source sentence, </s> counted; of models of texts, number to which "
           "--truncate cuts a row; 0: 1024 and 512, or as many as the position encoding serves")
      .at_least(0);
  options.add("max-beam", max_beam, "422: greatest beam of a request")
      .at_least(1)
      .only("for models that translate", [this] { return translates(); });
  options
      .add("max-work", max_work,
           "422: greatest work of a request, the sum over its sentences of beam * (greatest length + 1), where the "
           "greatest length is that of --max-len-a and --max-len-b; of models of texts, the number of their tokens")
      .at_least(1);
  options
      .add("max-queue", max_queue,
           "503 with Retry-After: greatest number of waiting sentences, texts or candidates; 413: a request with more "
           "than these")
      .at_least(1);
  options
      .add("request-timeout", request_timeout,
           "408: greatest number of seconds from the first byte of a request to its last")
      .above(0)
      .at_most(86400);
  options.add("timeout", timeout, "504: greatest number of seconds from a request to its answer")
      .above(0)
      .at_most(86400);
}

void describe_truncation(Options& options, std::string& truncate) {
  options.add("truncate", truncate,
              "how a row longer than --max-source-positions is cut, as rotor-train has it; 422 if it is still longer",
              truncation_names());
}

void describe_vectors(Options& options, std::string& pooling, bool& normalize) {
  options.add(
      "pooling", pooling,
      "what makes a vector: the mean of the features of a row's tokens, or the first one's; auto: as a model of "
      "sentence vectors says, else the mean",
      {"auto", "mean", "first"});
  options.add("normalize", normalize,
              "divide vectors by their length; not given, as a model of sentence vectors says, else true");
}

void ServeOptions::read_model() {
  const SafeTensors file(model_paths(model).front());
  const TransformerOptions options = read_model_options(file);
  task = options.task;
  if (task == kSentenceEncoding) normalize = options.head.normalize;
  complete_languages(read_languages(file));
}

int64_t ServeOptions::source_positions() const {
  if (max_source_positions > 0) return max_source_positions;
  return translates() ? 1024 : 512;
}

Batching ServeOptions::batching() const {
  Batching batching;
  batching.limits = {batch_size, max_tokens};
  batching.work = batch_work;
  batching.queue = max_queue;
  batching.workers = workers > 0 ? workers : threads();
  batching.wait = std::chrono::microseconds(static_cast<int64_t>(batch_wait * 1000));
  return batching;
}

void ServeOptions::complete_languages(const Languages& languages) {
  if (!source_lang.empty() || languages.source.empty() || languages.target.empty()) return;
  source_lang = languages.source;
  target_lang = languages.target;
}

void ServeOptions::check() const {
  check_values(*this);
  search.check();
  require(!host.empty(), "--host expects an address, got ''; 0.0.0.0 stands for all of this machine");
  require(source_lang.empty() == target_lang.empty(), "expected --source-lang and --target-lang, got one of them");
  for (const std::string& origin : cors_origin) {
    const size_t authority = origin.find("://");
    require(origin == "*" || (authority != origin.npos && origin.find('/', authority + 3) == origin.npos),
            "expected --cors-origin as https://example.org, without a path, or *, got '{}'", origin);
  }
  require(translates() || max_source_positions == 0 || max_source_positions >= 4,
          "expected --max-source-positions of 4 or more, as this model reads a row's first and last token too, got {}",
          max_source_positions);
  require(task != kTranslation || max_beam >= search.beam, "expected --max-beam of --beam {} or more, got {}",
          search.beam, max_beam);
}

}  // namespace rotor

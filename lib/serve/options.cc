#include "serve/options.h"

#include "base/option_text.h"
#include "search/generate_options.h"

namespace rotor {

void ServeOptions::describe(Options& options) {
  options.positional(
      "model", model,
      "model file that rotor-train or rotor-average wrote; a:b for an ensemble of models, unless there is a file a:b");
  options.group("Server");
  options.add("host", host, "the address to listen on; 0.0.0.0 for all of this machine's");
  options.add("port", port, "the port to listen on; 0: a free one, which the log names");
  options.add("connections", connections, "connections served at a time; more wait for their turn");
  options.group("Limits (what is above gets this HTTP status)");
  options.add("max-body", max_body, "413: most bytes of a request");
  options.add("max-source-positions", max_source_positions, "422: most tokens of a source, </s> counted");
  options.add("max-beam", max_beam, "422: most hypotheses that a request may keep a sentence");
  options.add("max-queue", max_queue,
              "503 with Retry-After: most sentences that wait; 413: a request of more than these");
  options.add("timeout", timeout, "504: most seconds from a request to its answer");
  search.describe(options);
  options.group("Speed and memory");
  options.add("batch-size", batch_size, "most sentences a batch; 0: no limit");
  options.add("max-tokens", max_tokens, "most tokens a batch, sentences * longest; 0: no limit");
  options.add("batch-wait", batch_wait, "milliseconds that a batch which is not full waits for more sentences");
  options.add("vocab-limit", vocab_limit, "translate with these pieces only, one a line, and </s>");
  add_quantize(options, quantize);
  add_no_verify(options, no_verify);
  options.add("threads", threads, "threads in all; 0: OMP_NUM_THREADS, else every core");
  options.add("workers", workers, "batches translated at a time, which share the threads; 0: one a thread");
}

void ServeOptions::check() const {
  search.check();
  require(port >= 0 && port <= 65535, "expected --port from 0 to 65535, got {}", port);
  require(connections >= 1 && connections <= 900, "expected --connections from 1 to 900, got {}", connections);
  require(max_body >= 1, "expected --max-body of 1 or more, got {}", max_body);
  require(max_source_positions >= 1, "expected --max-source-positions of 1 or more, got {}", max_source_positions);
  require(max_beam >= search.beam, "expected --max-beam of --beam {} or more, got {}", search.beam, max_beam);
  require(max_queue >= 1, "expected --max-queue of 1 or more, got {}", max_queue);
  require(timeout > 0 && timeout <= 86400, "expected --timeout above 0 and at most 86400 seconds, got {}", timeout);
  require(batch_size >= 0, "expected --batch-size of 0 or more, got {}", batch_size);
  require(max_tokens >= 0, "expected --max-tokens of 0 or more, got {}", max_tokens);
  require(batch_wait >= 0 && batch_wait <= 10000, "expected --batch-wait from 0 to 10000 milliseconds, got {}",
          batch_wait);
  require(workers >= 0 && workers <= 4096, "expected --workers from 0 to 4096, got {}", workers);
}

}  // namespace rotor

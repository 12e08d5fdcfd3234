// Service: what the server answers, as text in and text out, without HTTP.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "search/translator.h"
#include "serve/answer.h"
#include "serve/batcher.h"
#include "serve/metrics.h"
#include "serve/options.h"

namespace rotor {

class Service {
 public:
  /// Reads the models. An Error as from Translator.
  explicit Service(const ServeOptions& options);

  /// Answers the body of POST /translate as answer.h says, or throws a Refusal. Any thread may call.
  std::string translate(const std::string& body);

  std::string health() const { return health_answer(options_.model); }
  std::string metrics() const { return metrics_.text(batcher_.waiting()); }
  void count_request(int status) { metrics_.count_request(status); }

 private:
  Request encode(const std::string& text, int64_t number, bool keep_texts) const;
  Batcher::Hypotheses search(const std::vector<Request>& requests, const SearchOptions& options,
                             Batcher::Clock::time_point deadline);

  const ServeOptions options_;
  const Translator translator_;
  const LengthLimits lengths_;
  std::vector<std::unique_ptr<StepModel>> steps_;  ///< one a worker
  Metrics metrics_;
  Batcher batcher_;
};

}  // namespace rotor

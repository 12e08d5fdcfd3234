// Service: translates the texts of requests, without HTTP.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "search/search_models.h"
#include "serve/answer.h"
#include "serve/batcher.h"
#include "serve/cancellation.h"
#include "serve/metrics.h"
#include "serve/options.h"

namespace rotor {

class Service {
 public:
  /// A function that takes the body of an answer, or the exception that explains why there is none.
  using Reply = std::function<void(std::string, std::exception_ptr)>;

  /// Reads the models. Errors are those of SearchModels, and that they continue prompts.
  explicit Service(const ServeOptions& options);

  /// Starts the translation of a request's texts. `reply` is called once with an answer as answer.h says, or a Refusal:
  /// by this function, or by another thread later; it is not called if the work is cancelled before. Any thread may
  /// call.
  void translate(TranslateRequest request, Reply reply, Cancellation& cancellation);

  std::string health() const { return health_answer(options_.model); }
  std::string metrics() const { return metrics_.text(batcher_.waiting()); }
  void count_request(int status) { metrics_.count_request(status); }

 private:
  void encode(SourceText& text, int64_t index, int64_t number, bool keep_texts) const;
  std::vector<SourceText> read(const TranslateRequest& request) const;
  void check_work(const std::vector<SearchInput>& inputs, const SearchOptions& options) const;

  const ServeOptions options_;
  const SearchModels models_;
  const LengthLimits lengths_;
  const SentenceSplitter splitter_;
  Metrics metrics_;
  Batcher batcher_;
};

}  // namespace rotor

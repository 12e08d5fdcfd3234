// One run of a search or of scoring over all requests: they are read a buffer at a time, batched by length within it,
// and written in the order they came in, each as soon as it and all before it are ready.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <span>
#include <vector>

#include "base/progress.h"
#include "search/alignment.h"
#include "search/attention_file.h"
#include "search/generate_options.h"
#include "search/generation_statistics.h"
#include "search/output.h"
#include "search/request_batches.h"
#include "search/requests.h"
#include "search/search_models.h"
#include "search/streaming.h"
#include "search/unknown_watch.h"

namespace rotor {

class Generation {
 public:
  /// All arguments must outlive this object; `statistics` are updated as it works.
  Generation(const GenerateOptions& options, const PrintHypotheses& print, const SearchModels& models,
             GenerationStatistics& statistics);

  /// The greatest length of sentences: that of the options, limited by the models.
  const LengthLimits& lengths() const { return lengths_; }

  /// Throws an Error if a request or the output is not as expected, and Interrupted after a signal. Results written
  /// until then are flushed.
  void run(Requests& requests, std::ostream& out);

  int64_t written() const { return written_; }  ///< requests whose results were written

 private:
  /// A batch's requests, by their index in the window.
  using Indices = std::span<const int64_t>;

  int64_t most_workers() const;
  bool streams() const;
  bool read(Requests& requests);
  void search();
  void score();
  std::vector<std::vector<Hypothesis>> search(StepModel& steps, Indices batch);
  std::vector<std::vector<Hypothesis>> stream(StepModel& steps, const SearchInput& input);
  void read_attention(const Request& request, Hypothesis& hypothesis) const;
  void write_hypotheses(int64_t i, std::vector<Hypothesis>& hypotheses);
  void write_scores(std::span<const float> of_tokens);

  /// Calls `work(worker, batch)`, which returns how many tokens it made, with the batches of the requests whose
  /// `length` is not 0, and `write(i)` with each of the window in order.
  template <typename Length, typename Work, typename Write>
  void answer(Length length, Work work, Write write);
  void show_progress();

  const GenerateOptions& options_;
  const SearchModels& models_;
  GenerationStatistics& statistics_;
  SearchOptions search_;
  BatchLimits limits_;
  LengthLimits lengths_;
  std::vector<std::unique_ptr<StepModel>> steps_;  ///< one for each worker
  const PrintHypotheses& print_;
  const bool to_terminal_;  ///< where a progress bar would be in the way
  UnknownWords unknown_words_;
  std::optional<AttentionFile> attention_file_;
  UnknownWatch unknown_;
  std::optional<GrowingText> growing_;  ///< of the hypothesis that is printed token by token
  std::optional<Progress> progress_;    ///< unless somebody types the sentences
  std::ostream* out_ = nullptr;
  std::vector<Request> window_;
  int64_t first_ = 0;  ///< requests before the window; sentences of a line count each, so that their draws differ
  int64_t done_ = 0, written_ = 0;
  int64_t incomplete_ = 0;  ///< best hypotheses that lack phrases
};

}  // namespace rotor

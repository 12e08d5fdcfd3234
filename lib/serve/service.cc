#include "serve/service.h"

#include <omp.h>

#include <algorithm>

#include "model/token_batch.h"
#include "search/generate_options.h"
#include "serve/refusal.h"
#include "serve/wanted_steps.h"

namespace rotor {
namespace {

Batching batching(const ServeOptions& options) {
  const int64_t workers = options.workers > 0 ? options.workers : omp_get_max_threads();
  return {{options.batch_size, options.max_tokens},
          options.max_queue,
          workers,
          std::chrono::microseconds(static_cast<int64_t>(options.batch_wait * 1000))};
}

std::vector<std::unique_ptr<StepModel>> steps(const Translator& translator, int64_t count) {
  std::vector<std::unique_ptr<StepModel>> all;
  for (int64_t i = 0; i < count; ++i) all.push_back(translator.steps());
  return all;
}

}  // namespace

Service::Service(const ServeOptions& options)
    : options_(options),
      translator_(options.model, wanted_weights(options.quantize), options.vocab_limit,
                  verification(options.no_verify)),
      lengths_(translator_.within_tables({options.max_source_positions, options.search.max_target_positions})),
      steps_(steps(translator_, batching(options).workers)),
      batcher_(
          batching(options),
          [this](int64_t worker, std::span<const SearchInput> inputs, const SearchOptions& search,
                 const std::function<bool()>& wanted) {
            WantedSteps model(*steps_[worker], wanted);
            return beam_search(model, inputs, search);
          },
          metrics_) {}

std::string Service::translate(const std::string& body) {
  const auto start = Batcher::Clock::now();
  const auto timeout =
      std::chrono::duration_cast<Batcher::Clock::duration>(std::chrono::duration<double>(options_.timeout));
  TranslateRequest wishes = read_translate_request(body, options_);
  wishes.search.max_target_positions = std::min(wishes.search.max_target_positions, lengths_.target);
  std::vector<Request> requests;
  requests.reserve(wishes.texts.size());
  for (const std::string& text : wishes.texts) {
    requests.push_back(encode(text, std::ssize(requests), wishes.replace_unk));
  }
  const Batcher::Hypotheses found = search(requests, wishes.search, start + timeout);
  std::string answer = translations_answer(requests, found, wishes, translator_.vocabularies);
  metrics_.count_seconds(std::chrono::duration<double>(Batcher::Clock::now() - start).count());
  return answer;
}

Request Service::encode(const std::string& text, int64_t number, bool keep_texts) const {
  Request request;
  request.number = number;
  request.source = translator_.vocabularies.source.encode(text);
  request.source.push_back(kEos);
  if (std::ssize(request.source) > lengths_.source) {
    refuse_request(422, "expected at most {} tokens (</s> counted) in text {}, got {}; split the text into sentences",
                   lengths_.source, number, request.source.size());
  }
  if (keep_texts) request.texts = translator_.vocabularies.source.spell(text);
  return request;
}

/// The hypotheses of each request; none where it is blank.
Batcher::Hypotheses Service::search(const std::vector<Request>& requests, const SearchOptions& options,
                                    Batcher::Clock::time_point deadline) {
  std::vector<SearchInput> inputs;
  int64_t source_tokens = 0, target_tokens = 0;
  for (const Request& request : requests) {
    if (request.is_blank()) continue;
    inputs.push_back({request.source, {}, request.number});
    source_tokens += std::ssize(request.source);
  }
  Batcher::Hypotheses found = batcher_.translate(std::move(inputs), options, deadline);
  Batcher::Hypotheses all(requests.size());
  auto next = found.begin();
  for (size_t i = 0; i < requests.size(); ++i) {
    if (requests[i].is_blank()) continue;
    target_tokens += std::ssize(next->front().tokens);
    all[i] = std::move(*next++);
  }
  metrics_.count_translations(std::ssize(found), source_tokens, target_tokens);
  return all;
}

}  // namespace rotor

#include "serve/text_service.h"

#include <algorithm>
#include <cmath>

#include "model/sentence_vectors.h"
#include "search/search_models.h"
#include "serve/refusal.h"
#include "serve/text_answer.h"
#include "tensor/allocator.h"

namespace rotor {
namespace {

constexpr const char *kPredictions = "rotor_predictions_total", *kVectors = "rotor_vectors_total",
                     *kTokens = "rotor_tokens_total", *kPredictSeconds = "rotor_predict_seconds",
                     *kVectorSeconds = "rotor_vector_seconds";

SafeTensors open_one(const ServeOptions& options) {
  const std::vector<std::string> paths = model_paths(options.model);
  ROTOR_CHECK(paths.size() == 1,
              "expected one model of the task {}, got {}: only models that translate make an ensemble", options.task,
              paths.size());
  return open_model(paths[0], options.compute.verification());
}

SentenceInputs inputs_of(const SafeTensors& file, const TextEncoder& model, bool ranks, const ServeOptions& options) {
  SentenceInputs inputs{
      Vocabulary::from_bytes(read_vocabulary(file).source, "the vocabulary of " + file.path().string()), ranks,
      std::min(options.source_positions(), model.max_positions()), model.options().token_types};
  ROTOR_CHECK(inputs.vocabulary.size() <= model.options().source_vocabulary,
              "{}: the model's config expects a vocabulary of {} pieces, its vocabulary has {}", file.path().string(),
              model.options().source_vocabulary, inputs.vocabulary.size());
  return inputs;
}

}  // namespace

TextService::TextService(const ServeOptions& options) : TextService(options, open_one(options)) {}

TextService::TextService(const ServeOptions& options, const SafeTensors& file)
    : Service(options,
              {{kPredictions, "Rows of which something was predicted."},
               {kVectors, "Rows that were given a vector."},
               {kTokens, "Tokens that the model read for them, special tokens counted."}},
              {{kPredictSeconds, "Seconds from a request to predict to its answer."},
               {kVectorSeconds, "Seconds from a request for vectors to its answer."}}),
      model_(load_text_encoder(file, options.compute.weights(), options.compute.scaling.replacement())),
      classifier_(dynamic_cast<const Classifier*>(model_.get())),
      predicts_(inputs_of(file, *model_, model_->options().task == kSentenceRanking, options)),
      encodes_{predicts_.vocabulary, false, predicts_.most, predicts_.token_types},
      batcher_(
          options.batching(),
          [](const SentenceRow& row, const Wish&) {
            return BatchJob::Row{std::ssize(row.ids), std::ssize(row.ids)};
          },
          [this](std::span<const SentenceRow> rows, const Wish& wish, const std::function<bool()>&) {
            return compute(rows, wish);
          },
          metrics_, release_memory) {}

std::vector<Resource> TextService::resources() const {
  std::vector<Resource> resources;
  if (classifier_) resources.push_back({.path = "/predict", .methods = "POST, OPTIONS"});
  resources.push_back({.path = "/vector", .methods = "POST, OPTIONS"});
  return resources;
}

HttpAnswer TextService::get(const std::string& path) const {
  refuse_request(404, "expected POST to {}", path);
}

void TextService::post(const PostedBody& body, Reply reply, Cancellation& cancellation) {
  const bool predicts = body.path == "/predict";
  const TextRequest request =
      predicts ? read_predict_request(body.text, options_) : read_vector_request(body.text, options_);
  body.check_key(request.api_key);
  start(predicts ? predict(request) : vectors(request), std::move(reply), cancellation);
}

TextService::Work TextService::predict(const TextRequest& request) const {
  Work work{.wish = {.predict = true}, .count = kPredictions, .seconds = kPredictSeconds};
  std::vector<int64_t> sizes;
  work.inputs = read(request, predicts_, &sizes);
  work.rows = std::ssize(sizes);
  work.answer = [this, sizes = std::move(sizes)](const std::vector<Numbers>& outputs) {
    std::vector<Numbers> scores;  // of a row: those of all its candidates
    auto next = outputs.begin();
    for (const int64_t size : sizes) {
      scores.emplace_back();
      for (int64_t i = 0; i < size; ++i, ++next) scores.back().insert(scores.back().end(), next->begin(), next->end());
    }
    return predictions_answer(model_->options(), scores);
  };
  return work;
}

TextService::Work TextService::vectors(const TextRequest& request) const {
  const TransformerOptions& model = model_->options();
  const std::string usual = model.task == kSentenceEncoding ? model.head.pooling : "mean";
  const std::string pooling = request.pooling == "auto" ? usual : request.pooling;
  return {.wish = {.predict = false, .pooling = pooling, .normalize = request.normalize},
          .inputs = read(request, encodes_, nullptr),
          .answer = [](const std::vector<Numbers>& outputs) { return vectors_answer(outputs); },
          .count = kVectors,
          .seconds = kVectorSeconds,
          .rows = std::ssize(request.rows)};
}

/// The inputs of all rows, and how many each row has.
std::vector<SentenceRow> TextService::read(const TextRequest& request, const SentenceInputs& reads,
                                           std::vector<int64_t>* sizes) const {
  std::vector<SentenceRow> inputs;
  int64_t tokens = 0;
  for (size_t i = 0; i < request.rows.size(); ++i) {
    if (std::ssize(inputs) + reads.count(request.rows[i]) > options_.max_queue) {
      refuse_request(413, "expected at most {} texts or candidates in a request, got more; send them in several",
                     options_.max_queue);
    }
    std::vector<SentenceRow> rows;
    try {
      rows = reads.rows(request.rows[i], request.truncate, fmt::format("row {}", i));
    } catch (const Error& error) {
      throw Refusal(422, error.what());
    }
    if (sizes) sizes->push_back(std::ssize(rows));
    for (SentenceRow& row : rows) {
      tokens += std::ssize(row.ids);
      inputs.push_back(std::move(row));
    }
    if (tokens > options_.max_work) {
      refuse_request(422,
                     "expected at most {} tokens in a request, got more; send fewer or shorter texts, or start the "
                     "server with --max-work",
                     options_.max_work);
    }
  }
  return inputs;
}

std::vector<TextService::Numbers> TextService::compute(std::span<const SentenceRow> rows, const Wish& wish) const {
  const NoGrad no_grad;
  const TokenBatch batch = predicts_.batch(rows);
  const Tensor result = wish.predict ? classifier_->scores(batch).value()
                                     : sentence_vectors(*model_, batch, wish.pooling, wish.normalize);
  const Tensor numbers = result.contiguous();
  const auto all = numbers.span();
  ROTOR_CHECK(std::all_of(all.begin(), all.end(), [](float x) { return std::isfinite(x); }),
              "expected finite numbers, got others; the model is damaged, or its training diverged");
  std::vector<Numbers> result_of_rows;
  const size_t width = all.size() / rows.size();
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto row = all.subspan(i * width, width);
    result_of_rows.emplace_back(row.begin(), row.end());
  }
  return result_of_rows;
}

void TextService::start(Work work, Reply reply, Cancellation& cancellation) {
  const auto start = BatchQueue::Clock::now();
  int64_t tokens = 0;
  for (const SentenceRow& row : work.inputs) tokens += std::ssize(row.ids);
  std::vector<SentenceRow> inputs = std::move(work.inputs);
  const Wish wish = work.wish;
  const auto ticket = batcher_.submit(
      std::move(inputs), wish,
      [=, this, work = std::move(work), reply = std::move(reply)](const std::vector<Numbers>& outputs,
                                                                  const std::exception_ptr& error) {
        if (error) return reply("", error);
        metrics_.count(work.count, work.rows);
        metrics_.count(kTokens, tokens);
        metrics_.count_seconds(work.seconds, std::chrono::duration<double>(BatchQueue::Clock::now() - start).count());
        reply_with(reply, [&] { return work.answer(outputs); });
      });
  cancellation.on_cancel([this, ticket] { batcher_.cancel(ticket); });
}

}  // namespace rotor

#include "serve/service.h"

#include <algorithm>

#include "base/threads.h"
#include "serve/refusal.h"
#include "serve/wanted_steps.h"
#include "tensor/allocator.h"
#include "text/unicode.h"

namespace rotor {
namespace {

Batching batching(const ServeOptions& options) {
  Batching batching;
  batching.limits = {options.batch_size, options.max_tokens};
  batching.work = options.batch_work;
  batching.queue = options.max_queue;
  batching.workers = options.workers > 0 ? options.workers : threads();
  batching.wait = std::chrono::microseconds(static_cast<int64_t>(options.batch_wait * 1000));
  return batching;
}

}  // namespace

Service::Service(const ServeOptions& options)
    : options_(options),
      models_(options.model, options.compute),
      lengths_(models_.within_positions({{options.max_source_positions}, {options.search.max_target_positions}})),
      splitter_(options.source_lang),
      batcher_(
          batching(options),
          [this](std::span<const SearchInput> inputs, const SearchOptions& search,
                 const std::function<bool()>& wanted) {
            const std::unique_ptr<StepModel> steps = models_.steps();  // whose memory goes with it
            WantedSteps model(*steps, wanted);
            return beam_search(model, inputs, search);
          },
          metrics_, release_memory) {
  ROTOR_CHECK(
      !models_.continue_prompts(),
      "expected a model that translates, got the language model {}; let rotor-generate continue prompts with it",
      options.model);
}

void Service::translate(TranslateRequest request, Reply reply, Cancellation& cancellation) {
  const auto start = Batcher::Clock::now();
  request.search.max_target_positions = std::min(request.search.max_target_positions, lengths_.target.tokens);
  auto texts = std::make_shared<std::vector<SourceText>>(read(request));
  std::vector<SearchInput> inputs;
  int64_t source_tokens = 0;
  for (const SourceText& text : *texts) {
    for (const Request& sentence : text.sentences) {
      inputs.push_back({.source = sentence.source, .number = sentence.number});
      source_tokens += std::ssize(sentence.source);
    }
  }
  check_work(inputs, request.search);
  const SearchOptions search = request.search;
  const auto ticket =
      batcher_.submit(std::move(inputs), search,
                      [=, this, texts = std::move(texts), request = std::move(request), reply = std::move(reply)](
                          const Batcher::Hypotheses& found, const std::exception_ptr& error) {
                        if (error) return reply("", error);
                        int64_t target_tokens = 0;
                        for (const auto& hypotheses : found) target_tokens += std::ssize(hypotheses.front().tokens);
                        metrics_.count_translations(std::ssize(found), source_tokens, target_tokens);
                        metrics_.count_seconds(std::chrono::duration<double>(Batcher::Clock::now() - start).count());
                        reply(translations_answer(*texts, found, request, models_.vocabularies, options_), nullptr);
                      });
  cancellation.on_cancel([this, ticket] { batcher_.cancel(ticket); });
}

/// The texts of a request with their sentences, numbered as rotor-generate would number them, a sentence a line.
std::vector<SourceText> Service::read(const TranslateRequest& request) const {
  std::vector<SourceText> texts;
  int64_t number = 0, sentences = 0;
  for (const std::string& text : request.texts) {
    SourceText& source = texts.emplace_back(SourceText{.text = text});
    if (request.split) {
      source.places = splitter_.split(text);
    } else if (!is_blank(text)) {
      source.places = {{0, text.size()}};
    }
    sentences += std::ssize(source.places);
    if (sentences > options_.max_queue) {
      refuse_request(413, "expected at most {} sentences in a request, got more; send them in several",
                     options_.max_queue);
    }
    encode(source, std::ssize(texts) - 1, number, request.replace_unk);
    number += std::max<int64_t>(1, std::ssize(source.sentences));
  }
  return texts;
}

/// Makes the sentences of a text, which is number `index` in its request, of their places; the first has `number`.
void Service::encode(SourceText& text, int64_t index, int64_t number, bool keep_texts) const {
  const SpecialTokens& specials = models_.vocabularies.source.specials();
  std::vector<SentenceRange> places;
  for (const SentenceRange& place : text.places) {
    const std::string sentence = text.text.substr(place.begin, place.end - place.begin);
    Request request;
    request.number = number + std::ssize(text.sentences);
    request.source = models_.vocabularies.source.encode(sentence);
    request.source.push_back(specials.eos);
    if (std::ssize(request.source) > lengths_.source.tokens) {
      refuse_request(422,
                     "expected sentences of at most {} tokens (</s> counted), got one of {} in text {}; split it into "
                     "shorter ones",
                     lengths_.source.tokens, request.source.size(), index);
    }
    if (request.is_blank()) continue;
    const bool has_unknown =
        std::find(request.source.begin(), request.source.end(), specials.unk) != request.source.end();
    if (keep_texts || has_unknown) request.texts = models_.vocabularies.source.spell(sentence);
    text.unknown.push_back(has_unknown ? unknown_share(request.source, request.texts, specials.unk) : 0);
    text.sentences.push_back(std::move(request));
    places.push_back(place);
  }
  text.places = std::move(places);
}

void Service::check_work(const std::vector<SearchInput>& inputs, const SearchOptions& options) const {
  int64_t work = 0;
  for (const SearchInput& input : inputs) work += most_work(input, options);
  if (work > options_.max_work) {
    refuse_request(422,
                   "expected work of at most {}, got {}: {} sentences * beam {} * (greatest length + 1); send fewer "
                   "sentences, lower beam, max-len-a or max-len-b, or start the server with --max-work",
                   options_.max_work, work, inputs.size(), options.beam);
  }
}

}  // namespace rotor

#include "serve/translation_service.h"

#include <algorithm>

#include "search/beam_search.h"
#include "serve/answer.h"
#include "serve/refusal.h"
#include "serve/search_work.h"
#include "serve/wanted_steps.h"
#include "serve/web_page.h"
#include "tensor/allocator.h"
#include "text/unicode.h"

namespace rotor {
namespace {

constexpr const char *kSentences = "rotor_sentences_total", *kSourceTokens = "rotor_source_tokens_total",
                     *kTargetTokens = "rotor_target_tokens_total", *kSeconds = "rotor_translate_seconds";

/// Attention weights of a request: as text each takes some 30 bytes until the answer is sent.
constexpr int64_t kMostWeights = 4'000'000;

/// A model that knows no languages by tokens only shows the names.
LanguageMarks marks_of(const ServeOptions& options, const Vocabularies& vocabularies) {
  if (vocabularies.source.languages().empty()) return {};
  return language_marks(options.source_lang, options.target_lang, vocabularies, options.model);
}

/// Drops what no answer needs of a sentence's hypotheses, as they are kept until all sentences of the request are done.
void keep_needed(std::vector<Hypothesis>& hypotheses, const SearchOptions& search) {
  hypotheses.resize(std::min<size_t>(hypotheses.size(), search.nbest));
  if (search.keep_attention) return;
  for (Hypothesis& hypothesis : hypotheses) hypothesis.attention = std::vector<float>();
}

}  // namespace

TranslationService::TranslationService(const ServeOptions& options)
    : Service(options,
              {{kSentences, "Sentences translated."},
               {kSourceTokens, "Tokens of their sources, </s> counted."},
               {kTargetTokens, "Tokens of their best translations, </s> counted."}},
              {{kSeconds, "Seconds from a request to translate to its answer."}}),
      models_(options.model, options.compute),
      languages_(marks_of(options, models_.vocabularies)),
      lengths_(models_.within_positions({{options.source_positions()}, {options.search.max_target_positions}})),
      splitter_(options.source_lang),
      page_(web_page(options)),
      batcher_(
          options.batching(),
          [](const SearchInput& input, const SearchOptions& search) {
            return BatchJob::Row{std::ssize(input.source), likely_work(input, search)};
          },
          [this](std::span<const SearchInput> inputs, const SearchOptions& search,
                 const std::function<bool()>& wanted) {
            const std::unique_ptr<StepModel> steps = models_.steps();  // whose memory goes with it
            WantedSteps model(*steps, wanted);
            auto found = beam_search(model, inputs, search);
            for (std::vector<Hypothesis>& hypotheses : found) keep_needed(hypotheses, search);
            return found;
          },
          metrics_, release_memory) {}

std::vector<Resource> TranslationService::resources() const {
  return {
      {.path = "/translate", .methods = "POST, OPTIONS", .takes_forms = true},
      {.path = "/languages", .methods = "GET, HEAD, OPTIONS"},
      {.path = "/detect", .methods = "POST, OPTIONS", .missing = "this server translates, and detects no languages"},
      {.path = "/", .methods = "GET, HEAD, OPTIONS"}};
}

void TranslationService::post(const PostedBody& body, Reply reply, Cancellation& cancellation) {
  TranslateRequest request =
      body.is_form ? read_translate_form(body.text, options_) : read_translate_request(body.text, options_);
  body.check_key(request.api_key);
  translate(std::move(request), std::move(reply), cancellation);
}

HttpAnswer TranslationService::get(const std::string& path) const {
  if (path == "/languages") return {.body = languages_answer(options_)};
  return {.type = "text/html; charset=utf-8",
          .body = page_,
          .fields = {{"Content-Security-Policy",
                      "default-src 'none'; connect-src 'self'; img-src data:; script-src 'unsafe-inline'; "
                      "style-src 'unsafe-inline'; frame-ancestors 'none'"}}};
}

void TranslationService::translate(TranslateRequest request, Reply reply, Cancellation& cancellation) {
  const auto start = BatchQueue::Clock::now();
  request.search.max_target_positions = std::min(request.search.max_target_positions, lengths_.target.tokens);
  auto texts = std::make_shared<std::vector<SourceText>>(read(request));
  std::vector<SearchInput> inputs;
  int64_t source_tokens = 0;
  for (const SourceText& text : *texts) {
    for (const Request& sentence : text.sentences) {
      inputs.push_back(
          {.source = sentence.source, .prefix = sentence.prefix, .number = sentence.number, .given = sentence.given});
      source_tokens += std::ssize(sentence.source);
    }
  }
  check_work(inputs, request.search);
  const SearchOptions search = request.search;
  const auto ticket = batcher_.submit(
      std::move(inputs), search,
      [=, this, texts = std::move(texts), request = std::move(request), reply = std::move(reply)](
          const std::vector<std::vector<Hypothesis>>& found, const std::exception_ptr& error) {
        if (error) return reply("", error);
        int64_t target_tokens = 0;
        for (const auto& hypotheses : found) target_tokens += std::ssize(hypotheses.front().tokens);
        metrics_.count(kSentences, std::ssize(found));
        metrics_.count(kSourceTokens, source_tokens);
        metrics_.count(kTargetTokens, target_tokens);
        metrics_.count_seconds(kSeconds, std::chrono::duration<double>(BatchQueue::Clock::now() - start).count());
        reply_with(reply, [&] { return translations_answer(*texts, found, request, models_.vocabularies, options_); });
      });
  cancellation.on_cancel([this, ticket] { batcher_.cancel(ticket); });
}

/// The texts of a request with their sentences, numbered as rotor-generate would number them, a sentence a line.
std::vector<SourceText> TranslationService::read(const TranslateRequest& request) const {
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
void TranslationService::encode(SourceText& text, int64_t index, int64_t number, bool keep_texts) const {
  const SpecialTokens& specials = models_.vocabularies.source.specials();
  std::vector<SentenceRange> places;
  for (const SentenceRange& place : text.places) {
    const std::string sentence = text.text.substr(place.begin, place.end - place.begin);
    Request request;
    request.number = number + std::ssize(text.sentences);
    try {
      request.source = models_.vocabularies.source.encode(sentence);
    } catch (const Error& error) {
      refuse_request(422, "text {}: {}", index, error.what());
    }
    request.source.push_back(specials.eos);
    if (request.is_blank()) continue;
    const bool has_unknown =
        std::find(request.source.begin(), request.source.end(), specials.unk) != request.source.end();
    if (keep_texts || has_unknown) request.texts = models_.vocabularies.source.spell(sentence);
    text.unknown.push_back(has_unknown ? unknown_share(request.source, request.texts, specials.unk) : 0);
    mark(request, languages_);
    if (std::ssize(request.source) > lengths_.source.tokens) {
      refuse_request(422,
                     "expected sentences of at most {} tokens (</s> counted), got one of {} in text {}; split it into "
                     "shorter ones",
                     lengths_.source.tokens, request.source.size(), index);
    }
    text.sentences.push_back(std::move(request));
    places.push_back(place);
  }
  text.places = std::move(places);
}

void TranslationService::check_work(const std::vector<SearchInput>& inputs, const SearchOptions& options) const {
  int64_t work = 0;
  for (const SearchInput& input : inputs) work += most_work(input, options);
  if (work > options_.max_work) {
    refuse_request(422,
                   "expected work of at most {}, got {}: {} sentences * beam {} * (greatest length + 1); send fewer "
                   "sentences, lower beam, max-len-a or max-len-b, or start the server with --max-work",
                   options_.max_work, work, inputs.size(), options.beam);
  }
  if (!options.keep_attention) return;
  int64_t weights = 0;
  for (const SearchInput& input : inputs) weights += most_weights(input, options);
  if (weights > kMostWeights) {
    refuse_request(422,
                   "expected at most {} attention weights, got {}: the sum over {} sentences of nbest {} * (greatest "
                   "length + 1) * source length; send fewer or shorter sentences, lower nbest, max-len-a or max-len-b, "
                   "or leave out attention, print-alignment and replace-unk",
                   kMostWeights, weights, inputs.size(), options.nbest);
  }
}

}  // namespace rotor

#include "serve/service.h"

#include "serve/answer.h"
#include "serve/text_service.h"
#include "serve/translation_service.h"

namespace rotor {
namespace {

template <typename Kind>
std::unique_ptr<Service> make(const ServeOptions& options) {
  return std::make_unique<Kind>(options);
}

struct Row {
  const char* task;
  std::unique_ptr<Service> (*make)(const ServeOptions&);
};

constexpr Row kServices[] = {{kTranslation, make<TranslationService>},
                             {kSentencePrediction, make<TextService>},
                             {kSentenceRanking, make<TextService>},
                             {kMaskedLm, make<TextService>},
                             {kSentenceEncoding, make<TextService>}};

}  // namespace

std::string Service::health() const {
  return health_answer(options_.model, options_.task);
}

void Service::reply_with(const Reply& reply, const std::function<std::string()>& make) {
  std::string body;
  try {
    body = make();
  } catch (...) {
    return reply("", std::current_exception());
  }
  reply(std::move(body), nullptr);
}

std::unique_ptr<Service> make_service(const ServeOptions& options) {
  for (const Row& row : kServices) {
    if (options.task == row.task) return row.make(options);
  }
  fail("expected a model that translates, predicts or encodes, got {} of the task {}{}", options.model, options.task,
       options.task == kLanguageModeling ? "; let rotor-generate continue prompts with it" : "");
}

}  // namespace rotor

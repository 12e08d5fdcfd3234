// TranslationService: the resources of models that translate.
//   POST /translate   JSON in, JSON out (serve/translate_request.h, serve/answer.h); a form of LibreTranslate too
//   GET /languages    those of the model, as LibreTranslate tells them
//   GET /             a page to translate on
#pragma once

#include <string>
#include <vector>

#include "search/hypothesis.h"
#include "search/search_models.h"
#include "serve/batcher.h"
#include "serve/service.h"
#include "serve/source_text.h"
#include "serve/translate_request.h"

namespace rotor {

using TranslationBatcher = Batcher<SearchInput, SearchOptions, std::vector<Hypothesis>>;

class TranslationService : public Service {
 public:
  /// Reads the models. Errors are those of SearchModels.
  explicit TranslationService(const ServeOptions& options);

  std::vector<Resource> resources() const override;
  void post(const PostedBody& body, Reply reply, Cancellation& cancellation) override;
  HttpAnswer get(const std::string& path) const override;
  void hurry() override { batcher_.hurry(); }
  int64_t waiting() const override { return batcher_.waiting(); }

  /// Starts the translation of a request's texts, as post() does. The answer is as answer.h says.
  void translate(TranslateRequest request, Reply reply, Cancellation& cancellation);

 private:
  void encode(SourceText& text, int64_t index, int64_t number, bool keep_texts) const;
  std::vector<SourceText> read(const TranslateRequest& request) const;
  void check_work(const std::vector<SearchInput>& inputs, const SearchOptions& options) const;

  const SearchModels models_;
  const LanguageMarks languages_;
  const LengthLimits lengths_;
  const SentenceSplitter splitter_;
  const std::string page_;
  TranslationBatcher batcher_;
};

}  // namespace rotor

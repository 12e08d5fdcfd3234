// TextService: the resources of models that are an encoder.
//   POST /predict   what a classifier, a regressor or a ranker makes of rows of texts
//   POST /vector    a vector for each row
// Bodies are JSON (serve/text_request.h, serve/text_answer.h). A row's answer does not depend on others.
#pragma once

#include "evaluate/sentence_inputs.h"
#include "model/classifier.h"
#include "serve/batcher.h"
#include "serve/service.h"
#include "serve/text_request.h"

namespace rotor {

class TextService : public Service {
 public:
  /// Reads the model. One that is damaged or no encoder, and several models, are Errors.
  explicit TextService(const ServeOptions& options);

  std::vector<Resource> resources() const override;
  void post(const PostedBody& body, Reply reply, Cancellation& cancellation) override;
  /// There are none.
  HttpAnswer get(const std::string& path) const override;
  void hurry() override { batcher_.hurry(); }
  int64_t waiting() const override { return batcher_.waiting(); }

 private:
  using Numbers = std::vector<float>;
  /// What is made of a row.
  struct Wish {
    bool predict = false;
    std::string pooling = {};  ///< of a vector
    bool normalize = false;
    bool operator==(const Wish&) const = default;
  };
  /// What is asked for rows, and how the numbers of each become an answer.
  struct Work {
    Wish wish;
    std::vector<SentenceRow> inputs = {};
    std::function<std::string(const std::vector<Numbers>&)> answer = {};
    const char *count, *seconds;  ///< names of its metrics
    int64_t rows = 0;
  };

  TextService(const ServeOptions& options, const SafeTensors& file);
  Work predict(const TextRequest& request) const;
  Work vectors(const TextRequest& request) const;
  std::vector<SentenceRow> read(const TextRequest& request, const SentenceInputs& reads,
                                std::vector<int64_t>* sizes) const;
  std::vector<Numbers> compute(std::span<const SentenceRow> rows, const Wish& wish) const;
  void start(Work work, Reply reply, Cancellation& cancellation);

  const std::unique_ptr<TextEncoder> model_;
  const Classifier* const classifier_;       ///< the same; null if it predicts nothing
  const SentenceInputs predicts_, encodes_;  ///< how it reads texts for /predict, and for /vector
  Batcher<SentenceRow, Wish, Numbers> batcher_;
};

}  // namespace rotor

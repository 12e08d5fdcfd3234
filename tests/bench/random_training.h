// Whole updates of a training (forward, backward, Adam) on sentences of random words and of one length.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/command_line.h"
#include "base/random.h"
#include "base/threads.h"
#include "model/encoder_decoder.h"
#include "train/adam.h"
#include "train/criterion.h"

namespace rotor {

struct Setting {
  TransformerOptions model;
  int64_t tokens = 4096, length = 32, threads = 0;

  /// Reads these from the command line, with what the caller has described already.
  void read(CommandLine& options, int argc, char** argv) {
    options.add("tokens", tokens, "target tokens of an update, and source tokens");
    options.add("length", length, "tokens of a sentence, where another size is measured");
    options.add("vocabulary", model.target_vocabulary, "words of the joined vocabulary");
    options.add("threads", threads, "threads of every computation; 0: OMP_NUM_THREADS, else the cores there are");
    model.target_vocabulary = 10000;
    model.describe(options);
    options.read(argc, argv);
    if (const std::string arch = options.given("arch"); !arch.empty()) model.apply_architecture(arch);
    options.apply();
  }
};

class RandomTraining {
 public:
  explicit RandomTraining(const Setting& setting)
      : options_(joined(setting.model)), model_(options_), parameters_(initialised()), adam_({}, parameters_) {
    const int64_t rows = std::max<int64_t>(1, setting.tokens / setting.length);
    tokens_ = rows * setting.length;
    batch_.source = random_tokens(rows, setting.length, 1);
    batch_.decoder_input = batch_.target = random_tokens(rows, setting.length, 2);
  }

  void update() {
    parameters_.zero_gradients();
    backward(label_smoothed_cross_entropy(features_of(model_), model_.output(), batch_, 0.1).loss);
    adam_.step(1e-6, 1);
  }

  int64_t tokens() const { return tokens_; }  ///< target tokens of an update

 private:
  static TransformerOptions joined(TransformerOptions options) {
    options.source_vocabulary = options.target_vocabulary;
    return options;
  }

  EncoderDecoder& initialised() {
    model_.initialise(1);
    return model_;
  }

  TokenBatch random_tokens(int64_t rows, int64_t length, uint64_t seed) const {
    Random random(seed);
    std::vector<std::vector<int32_t>> sentences(rows, std::vector<int32_t>(length, kEos));
    const auto words = static_cast<double>(options_.target_vocabulary - 4);
    for (auto& sentence : sentences) {
      for (int64_t i = 0; i + 1 < length; ++i) sentence[i] = static_cast<int32_t>(4 + random.uniform() * words);
    }
    return TokenBatch::of(sentences);
  }

  TransformerOptions options_;
  EncoderDecoder model_;
  ParameterBuffer parameters_;
  Adam adam_;
  Batch batch_;
  int64_t tokens_ = 0;
};

}  // namespace rotor

// How the speed of training grows with the length of sentences, the vocabulary, the width of the model and the threads:
//   scaling [--arch transformer_base] [--position-encoding rope] [--updates 5]
// Whole updates (forward, backward, Adam) on sentences of random words and of one length, --tokens source and target
// tokens each. One size differs from the architecture's at a time. Prints Markdown: the median of the updates.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "base/command_line.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/run_app.h"
#include "base/threads.h"
#include "model/encoder_decoder.h"
#include "train/adam.h"
#include "train/criterion.h"

namespace rotor {
namespace {

struct Setting {
  TransformerOptions model;
  int64_t tokens = 4096, length = 32, threads = 0, updates = 5;
};

TokenBatch random_tokens(int64_t rows, int64_t length, int64_t vocabulary, uint64_t seed) {
  Random random(seed);
  std::vector<std::vector<int32_t>> sentences(rows, std::vector<int32_t>(length, kEos));
  for (auto& sentence : sentences) {
    for (int64_t i = 0; i + 1 < length; ++i) {
      sentence[i] = static_cast<int32_t>(4 + random.uniform() * static_cast<double>(vocabulary - 4));
    }
  }
  return TokenBatch::of(sentences);
}

/// Target tokens a second: the median of some updates after a first one.
double measure(const Setting& setting) {
  set_threads(setting.threads);
  TransformerOptions options = setting.model;
  options.source_vocabulary = options.target_vocabulary;
  EncoderDecoder model(options);
  model.initialise(1);
  ParameterBuffer parameters(model);
  Adam adam({}, parameters);
  const int64_t rows = std::max<int64_t>(1, setting.tokens / setting.length);
  Batch batch;
  batch.source = random_tokens(rows, setting.length, options.source_vocabulary, 1);
  batch.decoder_input = batch.target = random_tokens(rows, setting.length, options.target_vocabulary, 2);
  std::vector<double> seconds;
  for (int64_t update = 0; update <= setting.updates; ++update) {
    const double start = seconds_now();
    parameters.zero_gradients();
    backward(label_smoothed_cross_entropy(features_of(model), model.output(), batch, 0.1).loss);
    adam.step(1e-6, 1);
    if (update > 0) seconds.push_back(seconds_now() - start);
  }
  std::nth_element(seconds.begin(), seconds.begin() + setting.updates / 2, seconds.end());
  return static_cast<double>(rows * setting.length) / seconds[setting.updates / 2];
}

/// A row for each value of one size.
template <typename Set>
void table(const Setting& setting, const std::string& size, const std::vector<int64_t>& values, Set set) {
  std::cout << fmt::format("| {} | target tokens/s | of the first |\n| --- | --- | --- |\n", size);
  double first = 0;
  for (int64_t value : values) {
    Setting changed = setting;
    set(changed, value);
    const double speed = measure(changed);
    if (first == 0) first = speed;
    std::cout << fmt::format("| {} | {:.0f} | {:.2f} |\n", value, speed, speed / first) << std::flush;
  }
  std::cout << '\n';
}

void run(int argc, char** argv) {
  Setting setting;
  CommandLine options("scaling", "scaling [options]",
                      "How the speed of training grows with length, vocabulary, width, threads.");
  options.group("Measurement");
  options.add("tokens", setting.tokens, "target tokens of an update, and source tokens");
  options.add("length", setting.length, "tokens of a sentence, where another size is measured");
  options.add("vocabulary", setting.model.target_vocabulary, "words of the joined vocabulary");
  options.add("updates", setting.updates, "updates of which the median is taken");
  options.add("threads", setting.threads, "threads of every computation; 0: OMP_NUM_THREADS, else the cores there are");
  setting.model.target_vocabulary = 10000;
  setting.model.describe(options);
  options.read(argc, argv);
  if (const std::string arch = options.given("arch"); !arch.empty()) setting.model.apply_architecture(arch);
  options.apply();

  std::vector<int64_t> threads;
  for (int64_t n = 1; n < default_threads(); n *= 2) threads.push_back(n);
  threads.push_back(default_threads());
  table(setting, "tokens of a sentence", {64, 128, 256, 512, 1024, 2048}, [](Setting& s, int64_t n) { s.length = n; });
  table(setting, "vocabulary", {8000, 16000, 32000, 64000},
        [](Setting& s, int64_t n) { s.model.target_vocabulary = n; });
  table(setting, "width (inner width 4 times as much)", {128, 256, 512, 1024}, [](Setting& s, int64_t n) {
    s.model.encoder.embed_dim = s.model.decoder.embed_dim = n;
    s.model.encoder.ffn_embed_dim = s.model.decoder.ffn_embed_dim = 4 * n;
  });
  table(setting, "threads", threads, [](Setting& s, int64_t n) { s.threads = n; });
}

}  // namespace
}  // namespace rotor

int main(int argc, char** argv) {
  return rotor::run_app([&] { rotor::run(argc, argv); });
}

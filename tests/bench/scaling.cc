// How the speed of training grows with the length of sentences, the vocabulary, the width of the model and the threads:
//   scaling [--arch transformer_base] [--position-encoding rope] [--updates 5]
// Whole updates (forward, backward, Adam) on sentences of random words and of one length, --tokens source and target
// tokens each. One size differs from the architecture's at a time. Prints Markdown: the median of the updates.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "base/command_line.h"
#include "base/progress.h"
#include "base/run_app.h"
#include "base/threads.h"
#include "random_training.h"

namespace rotor {
namespace {

/// Target tokens a second: the median of some updates after a first one.
double measure(const Setting& setting, int64_t updates) {
  set_threads(setting.threads);
  RandomTraining training(setting);
  training.update();
  std::vector<double> seconds;
  for (int64_t i = 0; i < updates; ++i) {
    const double start = seconds_now();
    training.update();
    seconds.push_back(seconds_now() - start);
  }
  std::nth_element(seconds.begin(), seconds.begin() + updates / 2, seconds.end());
  return static_cast<double>(training.tokens()) / seconds[updates / 2];
}

/// A row for each value of one size.
template <typename Set>
void table(const Setting& setting, int64_t updates, const std::string& size, const std::vector<int64_t>& values,
           Set set) {
  std::cout << fmt::format("| {} | target tokens/s | of the first |\n| --- | --- | --- |\n", size);
  double first = 0;
  for (int64_t value : values) {
    Setting changed = setting;
    set(changed, value);
    const double speed = measure(changed, updates);
    if (first == 0) first = speed;
    std::cout << fmt::format("| {} | {:.0f} | {:.2f} |\n", value, speed, speed / first) << std::flush;
  }
  std::cout << '\n';
}

void run(int argc, char** argv) {
  Setting setting;
  int64_t updates = 5;
  CommandLine options("scaling", "scaling [options]",
                      "How the speed of training grows with length, vocabulary, width, threads.");
  options.group("Measurement");
  options.add("updates", updates, "updates of which the median is taken");
  setting.read(options, argc, argv);

  std::vector<int64_t> threads;
  for (int64_t n = 1; n < default_threads(); n *= 2) threads.push_back(n);
  threads.push_back(default_threads());
  table(setting, updates, "tokens of a sentence", {64, 128, 256, 512, 1024, 2048},
        [](Setting& s, int64_t n) { s.length = n; });
  table(setting, updates, "vocabulary", {8000, 16000, 32000, 64000},
        [](Setting& s, int64_t n) { s.model.target_vocabulary = n; });
  table(setting, updates, "width (inner width 4 times as much)", {128, 256, 512, 1024}, [](Setting& s, int64_t n) {
    s.model.encoder.embed_dim = s.model.decoder.embed_dim = n;
    s.model.encoder.ffn_embed_dim = s.model.decoder.ffn_embed_dim = 4 * n;
  });
  table(setting, updates, "threads", threads, [](Setting& s, int64_t n) { s.threads = n; });
}

}  // namespace
}  // namespace rotor

int main(int argc, char** argv) {
  return rotor::run_app([&] { rotor::run(argc, argv); });
}

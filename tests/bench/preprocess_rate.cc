// How fast rotor-preprocess encodes, beside SentencePiece itself, a thread each:
//   preprocess_rate vocabulary.model text.en text.de [--workers 2] [--rounds 3]
// SentencePiece encodes the same lines from memory, as many threads at once as there are workers; rotor-preprocess
// reads, encodes and writes them as a corpus. Prints pairs a second of both and their ratio, and the ratio of their CPU
// time, which other work on the machine disturbs less, in rounds that alternate.
#include <sentencepiece_processor.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <iostream>
#include <thread>

#include "base/command_line.h"
#include "base/files.h"
#include "base/progress.h"
#include "base/run_app.h"
#include "data/binarise.h"

namespace rotor {
namespace {

struct Text {
  std::vector<std::string> sources, targets;
};

Text read(const ParallelFiles& files) {
  Text text;
  ParallelReader reader({files});
  for (std::vector<std::string> lines; reader.next(lines);) {
    text.sources.push_back(lines[0]);
    text.targets.push_back(lines[1]);
  }
  return text;
}

/// What some work took: seconds on the clock, and on the CPU by all threads together.
struct Seconds {
  double clock = 0, cpu = 0;
};

template <typename Work>
Seconds measured(Work work) {
  const double start = seconds_now();
  const std::clock_t cpu_start = std::clock();
  work();
  return {seconds_now() - start, static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC};
}

/// SentencePiece encodes all lines, shared among threads.
void encode(const sentencepiece::SentencePieceProcessor& model, const Text& text, int64_t threads) {
  std::vector<std::jthread> team;
  for (int64_t thread = 0; thread < threads; ++thread) {
    team.emplace_back([&, thread] {
      std::vector<int> ids;
      for (size_t i = thread; i < text.sources.size(); i += threads) {
        ROTOR_CHECK(model.Encode(text.sources[i], &ids).ok() && model.Encode(text.targets[i], &ids).ok(),
                    "cannot encode");
      }
    });
  }
}

void preprocess(const Vocabulary& vocabulary, const ParallelFiles& files, int64_t lines, int64_t workers) {
  const auto path = std::filesystem::temp_directory_path() / fmt::format("preprocess_rate.{}", getpid());
  CorpusWriter writer(path, corpus_task(kTranslation),
                      {describe_column("source", "xx", vocabulary), describe_column("target", "xx", vocabulary)});
  const std::vector<Encoder> encoders = {Encoder{vocabulary}, Encoder{vocabulary}};
  binarise(ParallelReader({files}), std::vector<bool>(lines, true), {}, /*documents=*/false, encoders, writer, workers);
}

void measure(const std::string& model_path, const ParallelFiles& files, int64_t workers, int64_t rounds) {
  const Vocabulary vocabulary = Vocabulary::from_file(model_path);
  sentencepiece::SentencePieceProcessor model;
  ROTOR_CHECK(model.Load(model_path).ok(), "cannot load {}", model_path);
  const Text text = read(files);
  const auto pairs = static_cast<double>(text.sources.size());
  for (int64_t round = 0; round < rounds; ++round) {
    const Seconds own = measured([&] { encode(model, text, workers); });
    const Seconds ours = measured([&] { preprocess(vocabulary, files, std::ssize(text.sources), workers); });
    std::cout << fmt::format(
        "{} threads: SentencePiece {:.0f} pairs/s, rotor-preprocess {:.0f}: {:.1f} %; by CPU time {:.1f} %\n", workers,
        pairs / own.clock, pairs / ours.clock, 100 * own.clock / ours.clock, 100 * own.cpu / ours.cpu);
  }
}

}  // namespace
}  // namespace rotor

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    std::string model, source, target;
    int64_t workers = 2, rounds = 3;
    rotor::CommandLine options("preprocess_rate", "preprocess_rate vocabulary.model text.en text.de",
                               "Measures a rate.");
    options.positional("model", model, "a SentencePiece model");
    options.positional("source", source, "text");
    options.positional("target", target, "its translation");
    options.add("workers", workers, "threads of each");
    options.add("rounds", rounds, "measurements");
    options.parse(argc, argv);
    rotor::measure(model, {source, target}, workers, rounds);
  });
}

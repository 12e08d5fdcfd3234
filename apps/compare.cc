// rotor-compare: a corpus and a list of position encodings -> trainings, tests of the models and one report.
#include "compare/compare.h"

#include <algorithm>

#include "base/command_line.h"
#include "base/log.h"
#include "base/logged_process.h"
#include "base/run_app.h"
#include "base/signals.h"
#include "train/objectives.h"

namespace rotor {
namespace {

/// Warns of options that have no effect in any run. `options` describe `training`.
void warn_of_ignored(const Options& options, TrainingOptions& training, const Plan& plan) {
  const TrainingOptions common = training;
  std::vector<std::string> ignored = options.ignored();
  for (const Entry& entry : plan.entries()) {
    training.model = plan.run(entry, 1).training.model;
    const std::vector<std::string> here = options.ignored();
    std::erase_if(ignored,
                  [&](const auto& option) { return std::find(here.begin(), here.end(), option) == here.end(); });
  }
  training = common;
  for (const std::string& sentence : ignored) log::warn("{}", sentence);
}

Plan read_plan(int argc, char** argv) {
  CompareOptions compare_options;
  TrainingOptions training;
  CommandLine options(
      "rotor-compare",
      "rotor-compare CORPUS --encodings none,sinusoidal,rope,linear+rope,rope:rope-base=1000 --seeds 1,2,3 "
      "--baseline sinusoidal --config config.ini --test-source test.en --test-reference test.de --output DIR",
      "Trains each encoding with each seed under one configuration, translates a test set with each model, or measures "
      "the loss of language models, and writes DIR/report.html and report.md. Finished runs are not repeated, "
      "interrupted ones resume, and finished runs of earlier calls stay in the report.");
  options.example(
      "rotor-compare data-bin --encodings sinusoidal,rope --seeds 1,2,3 --max-epoch 10 --test-source test.en "
      "--test-reference test.de --output comparison",
      "Trains six models and reports them in comparison/report.html.");
  options.example(
      "rotor-compare text-bin --arch transformer_lm_small --tokens-per-sample 256 --max-epoch 10 --extrapolate 8",
      "Compares language models, also on samples of 512, 1024 and 2048 tokens.");
  compare_options.describe(options);
  training.describe(options);
  for (const std::string& name : decided_options()) options.option(name).shown_first = false;
  options.read(argc, argv);
  for (const std::string& name : decided_options()) {
    if (!options.given(name).empty()) check_decided(name, "rotor-compare");
  }
  options.apply();
  const Vocabularies vocabularies = read_vocabularies(compare_options.corpus);
  const Task& task = task_of(compare_options.corpus);
  compare_options.task = task.name;
  task.set_defaults(training);
  training.apply(options);
  compare_options.check();
  training.check();
  task.fit(training, vocabularies, options);
  Plan plan(compare_options, training);
  warn_of_ignored(options, training, plan);
  return plan;
}

}  // namespace
}  // namespace rotor

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    const rotor::Plan plan = rotor::read_plan(argc, argv);
    rotor::catch_signals();
    rotor::compare(plan, rotor::program_folder());
  });
}

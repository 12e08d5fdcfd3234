// rotor-compare: a corpus and a list of position encodings -> trainings, tests of the models and one report.
#include "compare/compare.h"

#include <algorithm>

#include "base/command_line.h"
#include "base/log.h"
#include "base/logged_process.h"
#include "base/option_text.h"
#include "base/run_app.h"
#include "base/signals.h"
#include "compare/comparison_kind.h"
#include "compare/entry.h"
#include "train/objectives.h"

namespace rotor {
namespace {

/// What the command line asks for.
struct Request {
  CompareOptions compare;
  TrainingOptions training;
  const Task* task = nullptr;
  CommandLine options{
      "rotor-compare",
      "rotor-compare CORPUS --encodings none,sinusoidal,rope,linear+rope,rope:rope-base=1000 --seeds 1,2,3 "
      "--baseline sinusoidal --config config.ini --test-source test.en --test-reference test.de --output DIR",
      "Trains each encoding with each seed under one configuration, tests each model (on translations, the loss of a "
      "text or predictions of labelled rows), and writes DIR/report.html and report.md. Finished runs are not made "
      "again, interrupted ones resume, and finished runs of earlier calls stay in the report."};

  Request(int argc, char** argv) {
    options.example(
        "rotor-compare data-bin --encodings sinusoidal,rope --seeds 1,2,3 --max-epoch 10 --test-source test.en "
        "--test-reference test.de --output comparison",
        "Trains six models and reports them in comparison/report.html.");
    options.example("rotor-compare text-bin --arch transformer_lm_small --max-epoch 10 --extrapolate 8",
                    "Compares language models, also on longer samples than those of training.");
    options.example(
        "rotor-compare rows-bin --encodings learned,rope --finetune-from-model pretrained --learning-rates 2e-5,5e-5",
        "Fine-tunes the models that a comparison with --output pretrained has made.");
    compare.describe(options);
    training.describe(options);
    options.option("finetune-from-model").common().help =
        "model from which trainings start: a file; a path in which {encoding} and {seed} stand for a run's; or the "
        "--output of a comparison, whose model of the entry's encoding is taken";
    for (const std::string& name : decided_options()) options.option(name).shown_first = false;
    for (const char* rare : {"save-interval-updates", "keep-last-epochs", "eval-bleu", "lenpen"}) {
      options.option(rare).shown_first = false;
    }
    options.read(argc, argv);
    for (const std::string& name : decided_options()) {
      if (!options.given(name).empty()) check_decided(name, "");
    }
    options.apply();
    if (options.given("baseline").empty()) {
      compare.baseline = default_baseline(compare.encodings, compare.baseline, compare.output);
    }
    require(compare.learning_rates.empty() || options.given("lr").empty(),
            "--learning-rates says which --lr are tried; leave one of them out");
    task = &task_of(compare.corpus);
    compare.task = task->name;
    fit("");
    compare.check();
  }

  /// Gives the training the defaults of its task, and of the model that it starts from, then what was given.
  void fit(const std::filesystem::path& start) {
    training = TrainingOptions();
    training.trainer.checkpoints.finetune_from_model = start;
    task->set_defaults(training);
    training.apply(options);
    training.check();
    task->fit(training, read_vocabularies(compare.corpus), options);
    comparison_kind(task->name).fit(compare, training, options);
    training.check_foreign(options);
  }

  Plan plan() {
    return {compare, training, [this](const std::filesystem::path& start) {
              fit(start);
              return training;
            }};
  }

  /// Tells of a baseline that nobody has named.
  void announce_baseline() const {
    if (!options.given("baseline").empty() || compare.baseline == CompareOptions().baseline) return;
    log::info("the baseline is {}, the first of --encodings; --baseline names another", compare.baseline);
  }

  /// Warns of options that have no effect in any run.
  void warn_of_ignored(const Plan& plan) {
    fit("");
    std::vector<std::string> ignored = options.ignored();
    for (const PlannedRun& run : plan.runs()) {
      training.model = run.training.model;
      const std::vector<std::string> here = options.ignored();
      std::erase_if(ignored,
                    [&](const auto& option) { return std::find(here.begin(), here.end(), option) == here.end(); });
    }
    for (const std::string& sentence : ignored) log::warn("{}", sentence);
  }
};

}  // namespace
}  // namespace rotor

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::Request request(argc, argv);
    const rotor::Plan plan = request.plan();
    request.announce_baseline();
    request.warn_of_ignored(plan);
    rotor::catch_signals();
    rotor::compare(plan, rotor::program_folder());
  });
}

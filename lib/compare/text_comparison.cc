#include "compare/text_comparison.h"

#include <fmt/format.h>

#include <cmath>

#include "compare/evaluation_files.h"

namespace rotor {

std::string TextComparison::describe_corpus() const {
  const auto tokens = [&](const char* split) { return open(split).column("text").tokens(); };
  const std::string& language = split().column("text").info().language;
  return fmt::format("Corpus: {}text of {} training and {} validation tokens, a vocabulary of {} pieces.",
                     language.empty() ? "" : language + ", ", tokens("train"), tokens("valid"),
                     read_vocabularies(options().corpus).source.size());
}

Measure TextComparison::loss_measure(const std::string& unit) const {
  const CountedScore loss(&loss_);
  return {.name = "loss",
          .best = Best::kLowest,
          .decimals = 3,
          .of = [loss](const ScoredRun& run) { return loss.of(run.tests.at(0)); },
          .tested = std::make_shared<CountedScore>(loss),
          .figure_label = fmt::format("loss ({})", unit),
          .figure_caption = fmt::format("Loss of the split \"{}\"", options().gen_subset)};
}

Measure TextComparison::perplexity_measure() const {
  const CountedScore loss(&loss_);
  return {.name = "perplexity", .best = Best::kLowest, .decimals = 2, .of = [loss](const ScoredRun& run) {
            return std::exp2(loss.of(run.tests.at(0)));
          }};
}

Measure TextComparison::best_validation_measure() {
  return {.name = "best validation loss",
          .best = Best::kLowest,
          .decimals = 3,
          .of = best_validation_loss,
          .spread = false};
}

}  // namespace rotor

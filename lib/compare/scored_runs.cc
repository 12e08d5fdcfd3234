#include "compare/scored_runs.h"

#include <algorithm>
#include <numbers>
#include <sstream>

#include "base/check.h"
#include "base/files.h"
#include "compare/run_record.h"
#include "compare/runner.h"
#include "page/statistics.h"
#include "score/bleu.h"
#include "score/chrf.h"
#include "score/evaluate.h"

namespace rotor {
namespace {

/// Reads what rotor-generate --score-reference wrote.
void read_losses(const std::filesystem::path& path, size_t sentences, ScoredTest& test) {
  LineReader reader(path);
  for (std::string line; reader.next(line);) {
    std::istringstream numbers(line);
    double log_probability = 0, tokens = 0;
    ROTOR_CHECK(numbers >> log_probability >> tokens, "{}:{}: expected a score and a number of tokens, got '{}'",
                path.string(), reader.line_number(), line);
    test.nats.push_back(-log_probability);
    test.tokens.push_back(tokens);
  }
  ROTOR_CHECK(test.nats.size() == sentences,
              "expected {} scores in {}, got {}; remove the run's result.json to repeat it", sentences, path.string(),
              test.nats.size());
}

void add_rows(const Statistics& statistics, const std::vector<size_t>& sentences, std::vector<double>& sums) {
  for (size_t sentence : sentences) {
    const auto row = statistics.row(sentence);
    for (size_t k = 0; k < sums.size(); ++k) sums[k] += row[k];
  }
}

void add(Statistics& sum, const Statistics& more) {
  for (size_t i = 0; i < sum.segments(); ++i) {
    for (size_t k = 0; k < sum.width(); ++k) sum.row(i)[k] += more.row(i)[k];
  }
}

/// The statistics of both groups' runs with the same seeds, summed over these.
struct Pair {
  std::optional<Statistics> baseline, system;
};
Pair pooled(const Group& baseline, const Group& system, Statistics ScoredTest::*metric) {
  Pair pair;
  const auto pool = [](std::optional<Statistics>& sum, const Statistics& more) {
    sum ? add(*sum, more) : void(sum.emplace(more));
  };
  for (const ScoredRun& a : baseline.runs) {
    for (const ScoredRun& b : system.runs) {
      if (a.seed != b.seed) continue;
      pool(pair.baseline, a.tests.at(0).*metric);
      pool(pair.system, b.tests.at(0).*metric);
    }
  }
  return pair;
}

/// The p-value; 1 for equal scores, for which the bootstrap's definition would give the smallest possible value.
double p_value(const Metric& metric, const Pair& pair, const Resamples& resamples) {
  const PairedTest test = paired_bootstrap(metric, *pair.baseline, *pair.system, resamples);
  return test.baseline_score == test.system_score ? 1 : test.p_value;
}

}  // namespace

double ScoredRun::bleu() const {
  return Bleu().score(tests.at(0).bleu.sum());
}

double ScoredRun::chrf() const {
  return Chrf().score(tests.at(0).chrf.sum());
}

ScoredRun score_run(const PlannedRun& run, const std::vector<TestSet>& tests, bool with_losses) {
  const std::filesystem::path result = run.folder / "result.json";
  ScoredRun scored{run.label, run.seed, RunResult::from_json(read_json(result), result.string()), {}};
  for (const TestSet& test : tests) {
    const auto file = plain_or_packed(run.folder / (test.name + ".out"));
    const Segments hypotheses = read_segments(file);
    ROTOR_CHECK(hypotheses.size() == test.references.size(),
                "expected {} translations in {}, got {}; remove the run's result.json to repeat it",
                test.references.size(), file.string(), hypotheses.size());
    const std::vector<Segments> references = {test.references};
    scored.tests.push_back(
        {count_segments(Bleu(), hypotheses, references), count_segments(Chrf(), hypotheses, references)});
    if (!with_losses) continue;
    read_losses(plain_or_packed(run.folder / (test.name + ".scores")), hypotheses.size(), scored.tests.back());
  }
  return scored;
}

double pooled_bleu(const Group& group, const std::vector<std::vector<size_t>>& sentences) {
  const Bleu bleu;
  std::vector<double> sums(bleu.width());
  bool any = false;
  for (const ScoredRun& run : group.runs) {
    for (size_t t = 0; t < sentences.size(); ++t) {
      add_rows(run.tests.at(t).bleu, sentences[t], sums);
      any = any || !sentences[t].empty();
    }
  }
  return any ? bleu.score(sums) : kUnknown;
}

double pooled_loss(const Group& group, const std::vector<std::vector<size_t>>& sentences) {
  double nats = 0, tokens = 0;
  for (const ScoredRun& run : group.runs) {
    for (size_t t = 0; t < sentences.size(); ++t) {
      for (size_t sentence : sentences[t]) {
        nats += run.tests.at(t).nats.at(sentence);
        tokens += run.tests.at(t).tokens.at(sentence);
      }
    }
  }
  return nats / tokens / std::numbers::ln2;
}

std::optional<PValues> significance(const Group& baseline, const Group& system, const Resamples& resamples) {
  const Pair bleu = pooled(baseline, system, &ScoredTest::bleu), chrf = pooled(baseline, system, &ScoredTest::chrf);
  if (!bleu.system) return std::nullopt;
  return PValues{p_value(Bleu(), bleu, resamples), p_value(Chrf(), chrf, resamples)};
}

double loss_at(const TrainingLog& log, double update) {
  const auto& points = log.validations;
  for (size_t i = 0; i < points.size(); ++i) {
    const auto here = static_cast<double>(points[i].update);
    if (update > here) continue;
    if (update == here) return points[i].nll;
    if (i == 0) return kUnknown;
    const auto before = static_cast<double>(points[i - 1].update);
    const double share = (update - before) / (here - before);
    return points[i - 1].nll + share * (points[i].nll - points[i - 1].nll);
  }
  return kUnknown;
}

CommonEnd common_end(const std::vector<Group>& groups) {
  CommonEnd end{std::numeric_limits<int64_t>::max(), std::numeric_limits<double>::infinity()};
  for (const Group& group : groups) {
    for (const ScoredRun& run : group.runs) {
      const TrainingLog& log = run.result.training;
      const int64_t last = log.validations.back().update;
      end.update = std::min(end.update, last);
      end.seconds = std::min(end.seconds, static_cast<double>(last) * log.seconds_per_update);
    }
  }
  return end;
}

}  // namespace rotor

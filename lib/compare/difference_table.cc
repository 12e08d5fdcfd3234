#include "compare/difference_table.h"

#include <algorithm>
#include <numeric>

#include "page/compact_letters.h"
#include "page/p_values.h"
#include "page/statistics.h"
#include "score/hierarchical_bootstrap.h"

namespace rotor {
namespace {

constexpr double kLevel = 0.05;

/// Resamples enough that the least p-value is significant after it was corrected for all pairs.
int64_t resamples_for(size_t groups, int64_t least) {
  constexpr int64_t kMargin = 2;
  const auto pairs = static_cast<int64_t>(groups * (groups - 1) / 2);
  return std::max(least, static_cast<int64_t>(kMargin * static_cast<double>(pairs) / kLevel));
}

/// A measure of all groups: means over runs, and the same of each resample.
struct Resampled {
  std::vector<double> means;
  std::vector<std::vector<double>> scores;  ///< of each group; none of one that had other segments

  double p(size_t a, size_t b) const { return two_sided_p_value(means[a], means[b], scores[a], scores[b]); }
};

Resampled resampled(const std::vector<Group>& groups, const SampledScore& score, const Resamples& resamples) {
  Resampled all;
  for (const Group& group : groups) {
    std::vector<double> means;
    std::vector<std::vector<double>> of_runs;
    for (const ScoredRun& run : group.runs) {
      const SeedTests test{&run.tests.at(0)};
      if (score.segments(*test[0]) != resamples.segments()) continue;
      means.push_back(score.of_seeds(test));
      of_runs.push_back(score.of_resamples(test, resamples));
    }
    all.means.push_back(mean(means));
    const uint64_t seed = kResamplingSeed + all.means.size();
    all.scores.push_back(of_runs.empty() ? std::vector<double>() : mean_scores(of_runs, seed));
  }
  return all;
}

/// The places of the groups that were resampled, the best first.
std::vector<size_t> ranking(const Resampled& all, Best best) {
  std::vector<size_t> order;
  for (size_t g = 0; g < all.means.size(); ++g) {
    if (!all.scores[g].empty()) order.push_back(g);
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return best == Best::kLowest ? all.means[a] < all.means[b] : all.means[a] > all.means[b];
  });
  return order;
}

/// The letters of each group; empty for one that was not resampled.
std::vector<std::string> letters_of(const Resampled& all, const std::vector<size_t>& order) {
  std::vector<std::vector<size_t>> place(order.size(), std::vector<size_t>(order.size()));
  std::vector<double> p;
  for (size_t a = 0; a < order.size(); ++a) {
    for (size_t b = a + 1; b < order.size(); ++b) {
      place[a][b] = p.size();
      p.push_back(all.p(order[a], order[b]));
    }
  }
  const std::vector<double> corrected = holm(p);
  const auto ranked = compact_letters(
      order.size(), [&](size_t a, size_t b) { return corrected[place[std::min(a, b)][std::max(a, b)]] < kLevel; });
  std::vector<std::string> letters(all.means.size());
  for (size_t i = 0; i < order.size(); ++i) letters[order[i]] = ranked[i];
  return letters;
}

/// Adds a measure's columns, with their cells in the order of the groups.
void add_measure(const Comparison& comparison, const Measure& measure, const Resampled& all, int64_t resamples,
                 Table& table) {
  table.columns.push_back({measure.name, true, measure.best});
  table.columns.push_back({"p over seeds, " + measure.name});
  table.columns.push_back({"alike, " + measure.name, false});
  const std::vector<std::string> letters = letters_of(all, ranking(all, measure.best));
  const auto baseline = static_cast<size_t>(&comparison.baseline() - comparison.groups.data());
  for (size_t g = 0; g < comparison.groups.size(); ++g) {
    const bool tested =
        comparison.has_baseline() && g != baseline && !all.scores[g].empty() && !all.scores[baseline].empty();
    PColumn p(resamples);
    if (tested) p.add(all.p(g, baseline));
    table.rows[g].push_back(cell(all.means[g], measure.decimals));
    table.rows[g].push_back(tested ? p.text(0) : "");
    table.rows[g].push_back(letters[g]);
  }
}

}  // namespace

std::optional<Table> difference_table(const Comparison& comparison) {
  const std::vector<Group>& groups = comparison.groups;
  Table table{"alike", "", {{"encoding", false}, {"seeds"}}, {}};
  for (const Group& group : groups) table.rows.push_back({group.label, std::to_string(group.runs.size())});
  std::vector<size_t> order;
  const int64_t count = resamples_for(groups.size(), comparison.plan.options().bootstrap);
  for (const Measure& measure : comparison.kind.measures()) {
    if (!measure.tested || groups.size() < 2) continue;
    const Resamples resamples(measure.tested->segments(comparison.baseline().runs.at(0).tests.at(0)), count);
    const Resampled all = resampled(groups, *measure.tested, resamples);
    if (order.empty()) order = ranking(all, measure.best);
    add_measure(comparison, measure, all, count, table);
  }
  if (order.empty()) return std::nullopt;
  std::vector<std::vector<std::string>> rows;
  for (const size_t g : order) rows.push_back(table.rows[g]);
  table.rows = std::move(rows);
  const bool one_seed = std::any_of(groups.begin(), groups.end(), [](const Group& g) { return g.runs.size() == 1; });
  table.caption = fmt::format(
      "Entries that share a letter cannot be told apart at 5 %, corrected for all pairs by Holm's method. p: the "
      "same two-sided test against {}, not corrected. Tests resample the trainings of an entry and {} {} times.{}",
      comparison.plan.options().baseline, comparison.kind.texts().resampled, count,
      one_seed
          ? " Of an entry with one seed nothing shows how its trainings vary: its letters hold for that training alone."
          : "");
  return table;
}

}  // namespace rotor

#include "score/compare_systems.h"

#include <fmt/format.h>

#include "base/json.h"
#include "score/result.h"
#include "score/table.h"

namespace rotor {
namespace {

constexpr double kSignificant = 0.05;

/// One system under one metric.
struct Entry {
  double score = 0;
  std::optional<double> p_value;
  std::optional<Interval> interval;
};

struct Column {
  std::string metric, signature;
  std::vector<Entry> entries;  ///< one a system
};

Resampling resampling_of(const ScoreOptions& options) {
  if (!options.paired()) return {};
  const std::string count = std::to_string(options.paired_bs ? options.paired_bs_n : options.paired_ar_n);
  return {{options.paired_bs ? "bs" : "ar", count}, {"seed", std::to_string(options.seed)}};
}

std::vector<Entry> test_systems(const Metric& metric, const std::vector<Statistics>& systems,
                                const ScoreOptions& options) {
  std::vector<Entry> entries;
  for (const auto& statistics : systems) entries.push_back({metric.score(statistics.sum()), {}, {}});
  const Statistics& baseline = systems.front();
  const auto seed = static_cast<uint64_t>(options.seed);
  if (options.paired_bs) {
    const Resamples resamples(baseline.segments(), options.paired_bs_n, seed);
    for (size_t s = 1; s < systems.size(); ++s) {
      const PairedTest test = paired_bootstrap(metric, baseline, systems[s], resamples);
      entries.front().interval = test.baseline;
      entries[s].interval = test.system;
      entries[s].p_value = test.p_value;
    }
  } else if (options.paired_ar) {
    for (size_t s = 1; s < systems.size(); ++s) {
      entries[s].p_value = paired_randomization(metric, baseline, systems[s], options.paired_ar_n, seed);
    }
  }
  return entries;
}

std::string cell(const Entry& entry, int width) {
  std::string text = fmt::format("{:.{}f}", entry.score, width);
  if (entry.interval) {
    text += fmt::format(" ({:.{}f} ± {:.{}f})", entry.interval->mean, width, entry.interval->half_width, width);
  }
  if (entry.p_value) text += fmt::format("\n(p = {:.4f}){}", *entry.p_value, *entry.p_value > kSignificant ? "" : "*");
  return text;
}

nlohmann::ordered_json json_of(const Entry& entry, const ScoreOptions& options) {
  if (!options.paired()) return fmt::format("{:.{}f}", entry.score, options.width);
  nlohmann::ordered_json object = {{"score", entry.score}, {"p_value", nullptr}, {"mean", nullptr}, {"ci", nullptr}};
  if (entry.p_value) object["p_value"] = *entry.p_value;
  if (entry.interval) {
    object["mean"] = entry.interval->mean;
    object["ci"] = entry.interval->half_width;
  }
  return object;
}

std::string headline(const std::string& text) {
  const std::string rule(text.size(), '-');
  return fmt::format("\n{}\n{}\n{}\n", rule, text, rule);
}

std::string explanation(const ScoreOptions& options, const std::string& baseline) {
  if (!options.paired()) return {};
  const std::string test = options.paired_bs
                               ? fmt::format("bootstrap resampling test with {} resampling trials", options.paired_bs_n)
                               : fmt::format("approximate randomization test with {} trials", options.paired_ar_n);
  return headline("Paired " + test) +
         fmt::format(
             " - Every system is compared with {}.\n"
             " - p is how likely a difference at least as large is by chance if both systems are equally good{}.\n"
             "   At or below {} (marked *) the difference is taken for significant. It may be a loss.\n{}",
             baseline, options.paired_bs ? ", by sacreBLEU's count of one side" : "", kSignificant,
             options.paired_bs ? " - In brackets: mean and 95 % interval of the score over the resamples.\n" : "");
}

std::string text_report(const ScoreOptions& options, const std::vector<std::string>& names,
                        const std::vector<Column>& columns) {
  std::vector<TableRow> rows(names.size() + 1);
  rows[0].push_back("System");
  for (size_t s = 0; s < names.size(); ++s) rows[s + 1].push_back(names[s]);
  std::string signatures = headline("Metric signatures");
  for (const auto& column : columns) {
    rows[0].push_back(column.metric + (options.paired_bs ? " (μ ± 95% CI)" : ""));
    for (size_t s = 0; s < names.size(); ++s) {
      rows[s + 1].push_back(cell(column.entries[s], static_cast<int>(options.width)));
    }
    signatures += fmt::format(" - {:<10} {}\n", column.metric, column.signature);
    const std::string note = options.compound_split_bleu ? explain_bleu(column.metric) : "";
    if (!note.empty()) signatures += fmt::format("   {}: {}\n", column.metric, note);
  }
  signatures.pop_back();
  return draw_table(rows) + explanation(options, names.front()) + signatures;
}

std::string json_report(const ScoreOptions& options, const std::vector<std::string>& names,
                        const std::vector<Column>& columns) {
  auto list = nlohmann::ordered_json::array();
  for (size_t s = 0; s < names.size(); ++s) {
    nlohmann::ordered_json object = {{"system", names[s]}};
    for (const auto& column : columns) object[column.metric] = json_of(column.entries[s], options);
    list.push_back(object);
  }
  return list.dump(4, ' ', /*ensure_ascii=*/true);
}

}  // namespace

std::string compare_systems(const ScoreOptions& options, const std::vector<Segments>& systems,
                            const std::vector<Segments>& references) {
  std::vector<std::string> names = options.hypothesis;
  if (options.paired()) names.front() = "Baseline: " + names.front();
  std::vector<Column> columns;
  for (const auto& metric : options.make_metrics()) {
    std::vector<Statistics> statistics;
    for (const auto& system : systems) statistics.push_back(count_segments(*metric, system, references));
    const Signature signature = full_signature(*metric, references.size(), resampling_of(options));
    columns.push_back({metric->name(), signature_text(signature), test_systems(*metric, statistics, options)});
  }
  return options.format == "json" ? json_report(options, names, columns) : text_report(options, names, columns);
}

}  // namespace rotor

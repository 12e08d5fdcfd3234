#include "compare/plan.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "attention/kernel.h"
#include "base/option_text.h"
#include "compare/comparison_kind.h"
#include "compare/learning_rates.h"
#include "compare/start_models.h"
#include "position/table.h"

namespace rotor {
namespace {

void check_name(const std::string& name, const char* what, const std::vector<std::string>& known,
                const std::string& label) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  refuse("--encodings: unknown {} '{}'{}{}; choose one of: {}", what, name,
         name == label ? "" : fmt::format(" in '{}'", label), did_you_mean(name, known), join(known, ", "));
}

}  // namespace

const std::vector<std::string>& decided_options() {
  static const std::vector<std::string> kDecided = {"seed", "save-dir", "no-save", "position-encoding"};
  return kDecided;
}

void check_decided(const std::string& option, const std::string& where) {
  for (const std::string& decided : decided_options()) {
    if (option == decided) {
      refuse("{}: --{} is the comparison's to set (--encodings, --seeds, --output); leave it out", where, option);
    }
  }
}

Entry parse_entry(const std::string& label) {
  const std::vector<std::string> parts = split(label, ':');
  std::string encoding = parts.empty() ? "" : parts[0];
  Entry entry{label, {}};
  if (const size_t plus = encoding.find('+'); plus != std::string::npos) {
    check_name(encoding.substr(0, plus), "attention", attention_names(), label);
    entry.arguments = {"--attention", encoding.substr(0, plus)};
    encoding.erase(0, plus + 1);
  }
  check_name(encoding, "position encoding", position_encoding_names(), label);
  entry.arguments.insert(entry.arguments.end(), {"--position-encoding", encoding});
  for (size_t i = 1; i < parts.size(); ++i) {
    const size_t equals = parts[i].find('=');
    if (equals == std::string::npos || equals == 0) {
      refuse("--encodings: expected OPTION=VALUE after ':', got '{}' in '{}'", parts[i], label);
    }
    check_decided(parts[i].substr(0, equals), label);
    entry.arguments.push_back("--" + parts[i].substr(0, equals));
    entry.arguments.push_back(parts[i].substr(equals + 1));
  }
  return entry;
}

std::vector<Entry> parse_entries(const std::string& list, const std::string& baseline) {
  std::vector<Entry> entries;
  std::vector<std::string> labels;
  std::set<std::string> folders;
  for (const std::string& part : split(list, ',')) {
    entries.push_back(parse_entry(trimmed(part)));
    labels.push_back(entries.back().label);
    if (!folders.insert(folder_name(labels.back())).second) refuse("--encodings has '{}' twice", labels.back());
  }
  if (entries.empty()) refuse("--encodings expects at least one position encoding");
  if (std::find(labels.begin(), labels.end(), baseline) == labels.end()) {
    refuse("--baseline expects one of --encodings: {}; got '{}'{}", join(labels, ", "), baseline,
           did_you_mean(baseline, labels));
  }
  return entries;
}

Plan::Plan(CompareOptions options, TrainingOptions common, TrainingFrom from)
    : options_(std::move(options)), common_(std::move(common)), from_(std::move(from)) {
  options_.check();
  comparison_kind(options_.task).check(options_, common_);
  const OptimizationOptions& optimization = common_.trainer.optimization;
  const CheckpointOptions& checkpoints = common_.trainer.checkpoints;
  if (optimization.max_update == 0 && optimization.max_epoch == 0) {
    refuse("expected an end of training: --max-update or --max-epoch");
  }
  const int64_t kept = std::max(checkpoints.keep_last_epochs, checkpoints.keep_interval_updates);
  if (kept >= 0 && kept < options_.average) {
    refuse(
        "--average {} needs as many checkpoints, and --keep-last-epochs {} and --keep-interval-updates {} keep fewer; "
        "raise one of them",
        options_.average, checkpoints.keep_last_epochs, checkpoints.keep_interval_updates);
  }
  if (checkpoints.no_epoch_checkpoints && checkpoints.save_interval_updates == 0 && options_.average > 1) {
    refuse("--average {} needs checkpoints: leave out --no-epoch-checkpoints, or add --save-interval-updates",
           options_.average);
  }
  if (checkpoints.disable_validation) refuse("a comparison reports validation losses: leave out --disable-validation");
  const bool validates = checkpoints.validate_interval_updates > 0 || optimization.max_update > 0 ||
                         (checkpoints.validate_interval > 0 && checkpoints.validate_interval <= optimization.max_epoch);
  if (!validates) {
    refuse("a comparison reports validation losses: --validate-interval {} is never reached in --max-epoch {}",
           checkpoints.validate_interval, optimization.max_epoch);
  }
  entries_ = parse_entries(options_.encodings, options_.baseline);
  seeds_ = whole_numbers(options_.seeds, "seeds", 0);
  rates_ = read_learning_rates(options_.learning_rates);
  if (const std::string& start = common_.trainer.checkpoints.finetune_from_model; from_ && !start.empty()) {
    common_.model = from_(start_model(start, options_.baseline, seeds_.front())).model;
  }
}

std::string Plan::start_of(const Entry& entry) const {
  const auto own = std::find(entry.arguments.begin(), entry.arguments.end(), "--finetune-from-model");
  return own == entry.arguments.end() ? common_.trainer.checkpoints.finetune_from_model : *std::next(own);
}

PlannedRun Plan::run(const Entry& entry, int64_t seed) const {
  const std::filesystem::path start = start_model(start_of(entry), entry.label, seed);
  PlannedRun run{entry.label, seed, runs_folder() / folder_name(entry.label) / fmt::format("seed-{}", seed),
                 from_ && !start.empty() ? from_(start) : common_, rates_};
  CommandLine options("rotor-compare", "", "");
  run.training.describe(options);
  std::vector<const char*> arguments = {"rotor-compare"};
  for (const std::string& argument : entry.arguments) arguments.push_back(argument.c_str());
  try {
    options.read(static_cast<int>(arguments.size()), arguments.data());
    run.training.apply(options);
    run.training.model.check();
    if (const auto ignored = options.ignored(); !ignored.empty()) refuse("{}", ignored[0]);
    run.training.trainer.optimization.check();
  } catch (const UsageError& error) {
    refuse("--encodings: '{}': {}", entry.label, error.what());
  } catch (const Error& error) {
    fail("--encodings: '{}': {}", entry.label, error.what());
  }
  if (!start.empty()) check_start(start, run.training.model, entry.label);
  if (!rates_.empty() && std::count(entry.arguments.begin(), entry.arguments.end(), "--lr") > 0) {
    refuse("--encodings: '{}': --learning-rates says which --lr are tried; leave one of them out", entry.label);
  }
  run.training.trainer.checkpoints.finetune_from_model = start;
  run.training.trainer.optimization.seed = seed;
  run.training.trainer.checkpoints.save_dir = run.folder / "checkpoints";
  return run;
}

std::vector<PlannedRun> Plan::runs() const {
  std::vector<PlannedRun> all;
  for (int64_t seed : seeds_) {
    for (const Entry& entry : entries_) all.push_back(run(entry, seed));
  }
  return all;
}

}  // namespace rotor

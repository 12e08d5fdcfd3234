// A kind of comparison: how the models of one task are tested, and how the report tells of it. What the kinds share,
// the runs with their trainings, the learning curves and the tables, knows a kind by this interface only. The table of
// all kinds has a row for each task whose models can be compared.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "compare/plan.h"
#include "compare/run_commands.h"
#include "compare/scored_runs.h"
#include "page/page.h"

namespace rotor {

struct Comparison;

/// A number of each run, a column of the report's tables.
struct Measure {
  std::string name;  ///< "BLEU"
  Best best = Best::kHighest;
  int decimals = 2;
  std::function<double(const ScoredRun&)> of;
  bool spread = true;                                  ///< whether the deviation over seeds has a column too
  std::shared_ptr<const SampledScore> tested = {};     ///< the score of the tests of significance; none: not tested
  bool interval = false;                               ///< whether the bootstrap interval of `tested` has a column
  std::string figure_label = {}, figure_caption = {};  ///< of a figure with a point for each encoding; empty: none
};

/// The sentences of a report that only the kind knows.
struct KindTexts {
  std::string resampled;    ///< "the test sentences; a sentence counts with …", what the bootstrap draws
  std::string losses;       ///< the beginning of a sentence on the losses at equal updates and time
  std::string speeds;       ///< sentences on the speeds of the table of costs
  std::string work;         ///< what a model does in a test: "decoding"
  std::string procedure;    ///< continues "Each model is …": "translates …"
  std::string scoring;      ///< a paragraph on the scores; may be empty
  std::string models = {};  ///< continues "Each model is "; empty: the average of checkpoints
  std::string loss_label = "loss (bits a token)";  ///< of figures of validation losses
};

class ComparisonKind {
 public:
  ComparisonKind() = default;
  virtual ~ComparisonKind() = default;
  ComparisonKind(const ComparisonKind&) = delete;
  ComparisonKind& operator=(const ComparisonKind&) = delete;

  /// The checkpoints of a training, in their folder, of which its model is the average: the newest unless the kind says
  /// otherwise.
  virtual std::vector<std::filesystem::path> checkpoints(const std::filesystem::path& folder,
                                                         const CompareOptions& options) const;

  /// The command that tests a model.
  virtual std::string command() const = 0;

  /// Describes the corpus in a paragraph; warns of what does not fit the comparison.
  virtual std::string describe_corpus() const = 0;

  /// Writes the inputs of tests that no file has yet into the comparison's folder. Called before any test.
  virtual void prepare() {}

  /// The sums of the inputs of the tests, and the name and the values of the options on which results depend: parts of
  /// a run's record. Options that only say which tests there are do not belong to it: results() tells of those.
  virtual nlohmann::ordered_json inputs() const = 0;
  virtual std::pair<std::string, nlohmann::ordered_json> settings() const = 0;

  /// The files that the tests of a run leave in its folder, where they may be packed as .gz.
  virtual std::vector<std::string> results(const PlannedRun& run) const = 0;

  /// Tests a run's model, or makes only the tests of which results are missing; time() makes the first test alone. A
  /// first test leaves its speed in kSpeedFile.
  enum class Tests { kAll, kMissing };
  virtual void test(const PlannedRun& run, Tests tests, const RunCommands& commands) const = 0;
  virtual void time(const PlannedRun& run, const RunCommands& commands) const = 0;

  /// Reads the results of a run's tests. Files that do not fit the inputs are an Error.
  virtual std::vector<ScoredTest> read(const PlannedRun& run) const = 0;

  /// The columns of the report's tables, in their order; the first is the one that matters most.
  virtual std::vector<Measure> measures() const = 0;

  virtual KindTexts texts() const = 0;

  /// Adds the sections about lengths.
  virtual void add_lengths(const Comparison& comparison, Page& page) const = 0;
};

/// The file of a run's folder with "tokens_per_second" and "memory_mb" of its first test.
inline constexpr const char* kSpeedFile = "test.json";

/// Notes an option of tests in the settings of a kind unless it is the usual one, with which all were tested before it
/// was noted, so that older records stay those of the same tests.
template <typename T>
void note_unless_usual(nlohmann::ordered_json& settings, const char* name, const T& value, const T& usual) {
  if (value != usual) settings[name] = value;
}

struct ComparisonKindRow {
  const char* task;
  /// Sets what the options leave to the corpus; it may be called again.
  void (*fit)(CompareOptions& options, TrainingOptions& training, const CommandLine& given);
  /// Throws a UsageError for options that a comparison of the kind cannot have.
  void (*check)(const CompareOptions& options, const TrainingOptions& training);
  /// Reads the inputs of the tests; those that are missing or do not fit are an Error. The plan outlives the kind.
  std::unique_ptr<ComparisonKind> (*make)(const Plan& plan);
};

/// The row of a task. A task whose models cannot be compared is an Error.
const ComparisonKindRow& comparison_kind(const std::string& task);

}  // namespace rotor

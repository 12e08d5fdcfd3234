// The measurements of a finished run, kept in <run>/result.json beside the results of its tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace rotor {

/// One validation during training.
struct Validation {
  int64_t update = 0, epoch = 0;
  double nll = 0;                             ///< bits for each target token
  double loss = 0;                            ///< nll with label smoothing
  std::map<std::string, double> scores = {};  ///< the other metrics that it measured: "accuracy"
};

struct TrainingLog {
  std::vector<Validation> validations;
  int64_t updates = 0;
  double tokens_per_second = 0;   ///< target tokens; the median of the reports
  double seconds_per_update = 0;  ///< the median of the reports: work beside the training hardly moves it
  int64_t memory_mb = 0;          ///< peak memory
};

/// The value of a metric in a validation; NaN if it was not measured.
double value_of(const Validation& validation, const std::string& metric);

/// The best value of a metric in the validations of a training; NaN if none measured it.
double best_of(const TrainingLog& log, const std::string& metric);

/// Reads a train.jsonl. A file without a validation or without a report is an Error.
TrainingLog read_training_log(const std::filesystem::path& path);

/// A training of a run with one of its learning rates.
struct TriedRate {
  double lr = 0;
  double best = 0;  ///< its best validation, by the metric that decides
};

struct RunResult {
  TrainingLog training;
  int64_t parameters = 0;
  int64_t averaged = 0;               ///< checkpoints that the model is the average of; 0 if the result does not say
  double test_tokens_per_second = 0;  ///< in the run's first test; "decoding" in the file, of every kind
  int64_t test_memory_mb = 0;
  std::string machine;                ///< processor and threads
  double lr = 0;                      ///< of `rates`, that of the training whose model was tested
  std::vector<TriedRate> rates = {};  ///< the learning rates that were tried; empty: the training's own

  nlohmann::ordered_json to_json() const;
  static RunResult from_json(const nlohmann::ordered_json& json, const std::string& origin);
};

/// Number of elements of the parameters of a model file.
int64_t count_parameters(const std::filesystem::path& model);

/// The number of checkpoints of which a model file says that it is the average.
int64_t count_averaged(const std::filesystem::path& model);

/// Description of this machine: its processor and the threads used, "AMD EPYC 9R14, 2 threads".
std::string machine_name(int64_t threads);

}  // namespace rotor

// Reports of a training run: a line of text on standard error, and one JSON object on each line of train.jsonl.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <numbers>

#include "train/scores.h"

namespace rotor {

class Workers;

/// Sums of the losses of some targets, in nats; they are reported for each target and in bits, as fairseq does, or in
/// another unit (Objective::loss_unit()).
struct LossSums {
  double loss = 0, nll = 0;
  int64_t targets = 0;
  int64_t tokens = 0;  ///< that were read for them, as the speed counts
  double unit = std::numbers::ln2;

  void add(double more_loss, double more_nll, int64_t more_targets, int64_t more_tokens);
  double loss_bits() const;
  double nll_bits() const;
  double perplexity() const;  ///< 2^nll_bits
  bool has_perplexity() const { return unit != 1; }
  /// loss, nll_loss and ppl, as a validation reports them.
  Scores scores() const;
  /// The sums over all workers, which must all call this.
  LossSums over(Workers& workers) const;
};

class Reports {
 public:
  /// Continues the file, without the reports after update `updates` and those of a run's end (kFinal), which will be
  /// repeated. An unfinished last line is left out too; other lines that are no reports are left out with a warning,
  /// and the file as it was stays beside it under the ending .damaged.
  Reports(std::filesystem::path path, int64_t updates);

  /// The update of the last validation in the file; -1 if there is none.
  int64_t validated_at() const { return validated_at_; }

  /// Key of reports that exist only because the run ended there.
  static constexpr const char* kFinal = "final";

  /// Appends one line. If that fails, it throws an Error and leaves the file as it was.
  void write(const nlohmann::ordered_json& report);

 private:
  void set_aside(int64_t damaged) const;

  std::filesystem::path path_;
  int64_t validated_at_ = -1;
};

}  // namespace rotor

// Reports of a training run: a line for people on standard error, and one JSON object a line in train.jsonl.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace rotor {

class Workers;

/// Sums of the losses of some target tokens, in nats; reported a token and in bits, as fairseq does.
struct LossSums {
  double loss = 0, nll = 0;
  int64_t tokens = 0;

  void add(double more_loss, double more_nll, int64_t more_tokens);
  double loss_bits() const;
  double nll_bits() const;
  double perplexity() const;  ///< 2^nll_bits
  /// These sums and those of all other workers, which call this too.
  LossSums over(Workers& workers) const;
};

class Reports {
 public:
  /// Continues the file, without the reports after update `updates` and those of a run's end (kFinal), which will be
  /// made again.
  Reports(std::filesystem::path path, int64_t updates);

  /// The update of the last validation in the file; -1 if there is none.
  int64_t validated_at() const { return validated_at_; }

  /// A key of reports that a run makes only because it ends here.
  static constexpr const char* kFinal = "final";

  /// Appends one line. An Error if it cannot be written; the file is then as before.
  void write(const nlohmann::ordered_json& report);

 private:
  std::filesystem::path path_;
  int64_t validated_at_ = -1;
};

}  // namespace rotor

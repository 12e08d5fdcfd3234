// Statistics of a run of rotor-generate: sentences, tokens, time, and the perplexity of references.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace rotor {

/// The geometric mean of 1 / probability of the target's tokens, for each position and for all.
class Perplexity {
 public:
  /// Adds the log-probabilities of a sentence's tokens.
  void add(std::span<const float> scores);
  std::vector<double> by_position() const;
  double of_all() const;

 private:
  std::vector<double> sums_;
  std::vector<int64_t> counts_;
};

struct GenerationStatistics {
  int64_t sentences = 0;
  int64_t tokens = 0;  ///< number of tokens of the best hypotheses, or of the references, </s> included
  double seconds = 0;  ///< time spent in the model and the search
  double load_seconds = 0;
  Perplexity perplexity;  ///< perplexity of the references

  double rate() const { return seconds > 0 ? static_cast<double>(tokens) / seconds : 0; }
};

/// Writes the statistics to a JSON file.
void write_statistics(const std::string& path, const GenerationStatistics& statistics, double total_seconds);

}  // namespace rotor

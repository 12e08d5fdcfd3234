// What a run of rotor-generate counts: sentences, tokens, time, and the perplexity of references.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace rotor {

/// The geometric mean of 1 / probability of the target's tokens, by their position and of all.
class Perplexity {
 public:
  /// The log-probabilities of a sentence's tokens.
  void add(std::span<const float> scores);
  std::vector<double> by_position() const;
  double of_all() const;

 private:
  std::vector<double> sums_;
  std::vector<int64_t> counts_;
};

struct GenerationStatistics {
  int64_t sentences = 0;
  int64_t tokens = 0;  ///< of the best hypotheses, or the references, </s> included
  double seconds = 0;  ///< in the model and the search
  double load_seconds = 0;
  Perplexity perplexity;  ///< of the references

  double rate() const { return seconds > 0 ? static_cast<double>(tokens) / seconds : 0; }
};

/// Writes them to a JSON file.
void write_statistics(const std::string& path, const GenerationStatistics& statistics, double total_seconds);

}  // namespace rotor

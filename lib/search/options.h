// Options of beam search, under fairseq's names and with fairseq's meaning, but for that which README.md names.
#pragma once

#include <cstdint>
#include <string>

#include "base/options.h"
#include "search/length_penalty.h"

namespace rotor {

struct SearchOptions {
  int64_t beam = 5, nbest = 1;
  double lenpen = 1;
  std::string lenpen_kind = "power";
  bool unnormalized = false;
  int64_t min_len = 1;
  double max_len_a = 0;
  int64_t max_len_b = 200;
  int64_t max_target_positions = 1024;  ///< greatest length of a hypothesis, </s> counted
  double temperature = 1, unkpen = 0, coverage_penalty = 0;
  int64_t no_repeat_ngram_size = 0;
  int64_t diverse_beam_groups = 1;
  double diverse_beam_strength = 0.5;
  bool sampling = false;
  int64_t sampling_topk = 0;
  double sampling_topp = 1;
  int64_t seed = 1;

  bool keep_attention = false;  ///< whether hypotheses keep their attention; set by the command, not by describe()

  bool operator==(const SearchOptions&) const = default;

  void describe(Options& options);
  /// Describes only the options of every search: the beam, its ranking, and the greatest lengths.
  void describe_ranking(Options& options);

  /// describe_decoding() adds the options of the search itself, describe_positions() the limit of targets that the
  /// scoring of references obeys too; describe() adds both.
  void describe_decoding(Options& options);
  void describe_positions(Options& options);

  /// Throws a UsageError for impossible values.
  void check() const;

  LengthPenalty penalty() const { return {unnormalized ? "none" : lenpen_kind, lenpen}; }

 private:
  void describe_sampling(Options& options);
};

}  // namespace rotor

// The options of rotor-generate.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "search/compute_options.h"
#include "search/options.h"
#include "search/request_batches.h"

namespace rotor {

struct GenerateOptions {
  std::string model;
  std::string input = "-", output = "-";
  std::string corpus, gen_subset = "test";
  std::string score_reference, prefix_file, constraints, negative_constraints, stats;
  bool fairseq_format = false, token_scores = false, continuation_only = false;
  bool print_alignment = false, replace_unk = false, split_sentences = false;
  std::string sentence_language, source_lang, target_lang;
  std::string unk_dictionary, attention_output;
  SearchOptions search;
  int64_t batch_size = 0, max_tokens = 0, buffer_size = 4096;
  int64_t max_source_positions = 1024;
  std::string long_sentences = "truncate";
  ComputeOptions compute;
  int64_t workers = 0;
  bool asks_to_translate = false;    ///< by fairseq's --task translation; set by the command, not by describe()
  std::vector<std::string> configs;  ///< the files of --config; set by the command too

  void describe(Options& options);

  /// Whether the options need the attention of hypotheses.
  bool needs_attention() const { return print_alignment || replace_unk || !attention_output.empty(); }

  /// Throws a UsageError for impossible values and combinations.
  void check() const;

  /// Throws a UsageError for options that the model is not for: it continues prompts, or translates.
  void check_task(bool continues) const;

  /// The limits of batches that the options set; by default a size that suits most machines.
  BatchLimits limits() const;

 private:
  void check_files() const;
  void check_written() const;
  void check_splitting() const;
};

}  // namespace rotor

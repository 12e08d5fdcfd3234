// The options of rotor-generate.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "search/batches.h"
#include "search/options.h"
#include "tensor/quantized_products.h"

namespace rotor {

struct GenerateOptions {
  std::string model;
  std::string input = "-", output = "-";
  std::string corpus, gen_subset = "test";
  std::string score_reference, prefix_file, constraints, negative_constraints, vocab_limit, stats;
  bool fairseq_format = false, token_scores = false;
  bool print_alignment = false, replace_unk = false, split_sentences = false;
  std::string sentence_language;
  std::string unk_dictionary, attention_output;
  SearchOptions search;
  int64_t batch_size = 0, max_tokens = 0, buffer_size = 4096;
  int64_t max_source_positions = 1024;
  std::string long_sentences = "truncate";
  int64_t threads = 0, workers = 0;
  std::string quantize = "auto";
  bool no_verify = false;

  void describe(Options& options);

  /// Whether hypotheses have to carry their attention.
  bool needs_attention() const { return print_alignment || replace_unk || !attention_output.empty(); }

  /// A UsageError for values that make no sense, or not together.
  void check() const;

  /// The batches asked for; without a wish, of a size that serves most machines.
  BatchLimits limits() const;

 private:
  void check_files() const;
  void check_splitting() const;
};

/// Describes --quantize.
void add_quantize(Options& options, std::string& quantize);
/// Describes --no-verify.
void add_no_verify(Options& options, bool& no_verify);
/// What --quantize asks for; nothing if each model is to be as its file is.
std::optional<WeightType> wanted_weights(const std::string& quantize);

}  // namespace rotor

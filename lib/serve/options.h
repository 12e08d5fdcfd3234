// The options of rotor-serve: its address, its access rules, limits and batches, and what requests get that do not say
// how they are searched, cut or made a vector.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/model_file.h"
#include "search/compute_options.h"
#include "search/options.h"

namespace rotor {

struct Batching;

struct ServeOptions {
  std::string model;
  std::string host = "127.0.0.1";
  int64_t port = 8080;
  std::string source_lang, target_lang;
  bool split = true;
  std::vector<std::string> allow_host, cors_origin;
  std::string api_key_file, access_log;
  SearchOptions search;
  std::string truncate = "longest", pooling = "auto";
  bool normalize = true;
  int64_t max_body = 1 << 20;
  int64_t max_source_positions = 0;
  int64_t max_beam = 32;
  int64_t max_work = 250'000;
  int64_t max_queue = 1024;
  double timeout = 60, request_timeout = 10;
  int64_t connections = 256;
  int64_t batch_size = 64, max_tokens = 4096, batch_work = 16'384;
  double batch_wait = 0;
  ComputeOptions compute;
  int64_t workers = 0;
  std::string task;  ///< the model's, which read_model() sets

  void describe(Options& options);

  /// Takes what the model's file says: its task, the languages, and of a model of sentence vectors whether they have
  /// length 1; what was given is to be applied again. A file that is no model is an Error.
  void read_model();

  /// Takes the languages that a model says it translates between, unless the options name theirs.
  void complete_languages(const Languages& languages);

  /// Throws a UsageError for impossible values and combinations.
  void check() const;

  /// The greatest number of tokens of a source sentence, or of a row of texts.
  int64_t source_positions() const;

  Batching batching() const;

 private:
  bool translates() const { return task.empty() || task == kTranslation; }
  void describe_access(Options& options);
  void describe_limits(Options& options);
  void describe_models(Options& options);
};

/// Adds the option that says how long rows are cut.
void describe_truncation(Options& options, std::string& truncate);
/// Adds the options of vectors.
void describe_vectors(Options& options, std::string& pooling, bool& normalize);

}  // namespace rotor

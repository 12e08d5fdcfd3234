// The options of rotor-serve: its address, its access rules, limits and batches, and the search for requests that set
// no search options.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/model_file.h"
#include "search/compute_options.h"
#include "search/options.h"

namespace rotor {

struct ServeOptions {
  std::string model;
  std::string host = "127.0.0.1";
  int64_t port = 8080;
  std::string source_lang, target_lang;
  bool split = true;
  std::vector<std::string> allow_host, cors_origin;
  std::string api_key_file, access_log;
  SearchOptions search;
  int64_t max_body = 1 << 20;
  int64_t max_source_positions = 1024;
  int64_t max_beam = 32;
  int64_t max_work = 250'000;
  int64_t max_queue = 1024;
  double timeout = 60, request_timeout = 10;
  int64_t connections = 256;
  int64_t batch_size = 64, max_tokens = 4096, batch_work = 16'384;
  double batch_wait = 0;
  ComputeOptions compute;
  int64_t workers = 0;

  void describe(Options& options);

  /// Takes the languages that a model says it translates between, unless the options name theirs.
  void complete_languages(const Languages& languages);

  /// Throws a UsageError for impossible values and combinations.
  void check() const;

 private:
  void describe_access(Options& options);
  void describe_limits(Options& options);
};

}  // namespace rotor

// The options of rotor-serve: where it listens, what it refuses, how it batches, and the search of requests that ask
// for no other.
#pragma once

#include <cstdint>
#include <string>

#include "search/options.h"

namespace rotor {

struct ServeOptions {
  std::string model;
  std::string host = "127.0.0.1";
  int64_t port = 8080;
  SearchOptions search;
  int64_t max_body = 1 << 20;
  int64_t max_source_positions = 1024;
  int64_t max_beam = 32;
  int64_t max_queue = 1024;
  double timeout = 60;
  int64_t connections = 256;
  int64_t batch_size = 64, max_tokens = 4096;
  double batch_wait = 0;
  std::string vocab_limit, quantize = "auto";
  bool no_verify = false;
  int64_t threads = 0, workers = 0;

  void describe(Options& options);

  /// A UsageError for values that make no sense, or not together.
  void check() const;
};

}  // namespace rotor

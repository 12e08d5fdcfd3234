// Named sets of sizes (--arch), a row of one table each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace rotor {

struct Architecture {
  const char* name;
  const char* task;  ///< of the models that have it; those of whole sentences have the ones of masked language models
  int64_t layers, width, inner, heads;

  /// Whether models of a task have it.
  bool serves(const std::string& model_task) const;
};

std::span<const Architecture> architectures();

/// The names of all.
std::vector<std::string> architecture_names();

}  // namespace rotor

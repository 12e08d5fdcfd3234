#include "train/digests.h"

#include <fmt/ranges.h>

#include "base/files.h"
#include "base/json.h"

namespace rotor {
namespace {

constexpr size_t kDigits = 16;

std::string digest(std::string_view bytes) {
  return sha256(bytes).substr(0, kDigits);
}

}  // namespace

std::string configuration_digest(const std::string& config, BatchOptions batches, OptimizationOptions optimization) {
  Options options;
  batches.describe(options);
  options.add("max-source-positions", &batches.max_source_positions, "");
  options.add("max-target-positions", &batches.max_target_positions, "");
  optimization.describe(options);
  return digest(config + options.to_json().dump());
}

std::string corpora_digest(const TrainingData& data) {
  std::vector<std::string> digests;
  for (const TrainingData::Part& part : data.parts()) {
    digests.push_back(file_digest(part.samples->corpus().path()));
    if (part.weight != 1) digests.back() += fmt::format(":{}", part.weight);
  }
  return fmt::format("{}", fmt::join(digests, " + "));
}

std::string file_digest(const std::filesystem::path& path) {
  return sha256_of_file(path).substr(0, kDigits);
}

std::string weights_digest(const ParameterBuffer& parameters) {
  const auto bytes = std::as_bytes(parameters.values().span());
  return digest({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace rotor

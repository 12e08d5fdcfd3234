// What a run of a comparison is: its label, seed and every option and text that its outcome depends on, kept in
// <run>/run.json from before it starts, so that a result is never taken for that of another configuration.
#pragma once

#include <filesystem>
#include <string>

#include "base/json.h"
#include "report/plan.h"

namespace rotor {

/// SHA-256 sums of what all runs read: the corpus's splits and vocabularies, the test set.
nlohmann::ordered_json input_sums(const CompareOptions& options);

/// {"label", "seed", "training": {…}, "translation": {…}, "inputs": {…}}; nothing that depends on where or how fast.
nlohmann::ordered_json run_record(const PlannedRun& run, const CompareOptions& options,
                                  const nlohmann::ordered_json& inputs);

/// The first difference of two records, "lr was 0.003 and is 0.005 now"; empty if there is none. An option that the
/// older one does not know has its default there.
std::string first_difference(const nlohmann::ordered_json& before, const nlohmann::ordered_json& now,
                             const std::string& origin);

/// Reads a file that holds a JSON object; an Error names it if it does not.
nlohmann::ordered_json read_json(const std::filesystem::path& path);
void write_json(const std::filesystem::path& path, const nlohmann::ordered_json& json);

}  // namespace rotor

// The record of a run of a comparison: its label, its seed, and every option and text on which its result depends, kept
// in <run>/run.json from before it starts, so that a result is never taken for that of another configuration.
#pragma once

#include <filesystem>
#include <string>

#include "base/json.h"
#include "compare/comparison_kind.h"

namespace rotor {

/// SHA-256 sums of the inputs of all runs: the corpus's splits and vocabularies, and the inputs of the kind's tests.
nlohmann::ordered_json input_sums(const CompareOptions& options, const ComparisonKind& kind);

/// {"label", "seed", "task", "training": {…}, the kind's settings, such as "translation": {…}, "inputs": {…}}; it
/// contains nothing that depends on place or speed.
nlohmann::ordered_json run_record(const PlannedRun& run, const ComparisonKind& kind,
                                  const nlohmann::ordered_json& inputs);

/// The first difference of two records, "lr was 0.003 and is 0.005 now"; empty if there is none. An option that the
/// older record does not know counts as its task's default, and a record without a task is of translation.
std::string first_difference(const nlohmann::ordered_json& before, const nlohmann::ordered_json& now,
                             const std::string& origin);

/// Reads a file that holds a JSON object; any other file is an Error that names it.
nlohmann::ordered_json read_json(const std::filesystem::path& path);
/// Reads a run's record and checks the types of its label and seed, and of its task if it has one.
nlohmann::ordered_json read_record(const std::filesystem::path& path);
void write_json(const std::filesystem::path& path, const nlohmann::ordered_json& json);

/// SHA-256 of a text's lines, which a text and its .gz share.
std::string text_sum(const std::filesystem::path& path);

}  // namespace rotor

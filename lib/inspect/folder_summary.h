// The summary of a folder, which is a corpus of rotor-preprocess or the --save-dir of a training: its parts as JSON,
// which summary_text() turns into text.
#pragma once

#include <filesystem>
#include <vector>

#include "base/json.h"

namespace rotor {

/// Keys in a fixed order: folder, kind ("corpus folder" or "run folder"), languages; of a corpus its vocabulary, its
/// splits (pairs and tokens of each) and whether it has a manifest; of a run where it stands (updates, epoch, best
/// scores), its last validation, its checkpoints and the options of its model. Checkpoints that cannot be read say why.
/// A folder that is neither is an Error.
nlohmann::ordered_json summarise_folder(const std::filesystem::path& folder);

/// The safetensors files of a folder, by name.
std::vector<std::filesystem::path> safetensors_files(const std::filesystem::path& folder);

}  // namespace rotor

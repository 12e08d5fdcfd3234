// Checks whether a corpus folder is complete. rotor-preprocess writes manifest.json last, and manifest.unfinished.json
// before it touches a folder; so a preprocessing that was killed is known from either.
#pragma once

#include <filesystem>

namespace rotor {

/// Throws an Error if rotor-preprocess has not finished in the folder, or if a split that its manifest names is
/// missing; warns if there is no manifest, as in folders of the first versions.
void check_complete(const std::filesystem::path& folder);

}  // namespace rotor

// Labels that are given instead of being found in training rows: those of a corpus, or of a model.
#pragma once

#include <filesystem>
#include <optional>

#include "data/label_set.h"

namespace rotor {

/// The classes that some split of a corpus folder has, `train` if it has any; none if no split does.
std::optional<LabelSet> labels_in_folder(const std::filesystem::path& folder);

/// The classes of a corpus folder, of one split's file, or of a model; an Error if there are none.
LabelSet read_given_labels(const std::filesystem::path& path);

}  // namespace rotor

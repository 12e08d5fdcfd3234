// Summary of a safetensors file (a model, a checkpoint, a corpus, or another program's file): its kind, options, sizes,
// vocabulary and parameters, as JSON for programs and as text for people.
#pragma once

#include <string>

#include "base/json.h"
#include "format/safetensors.h"

namespace rotor {

/// Keys in a fixed order: file, bytes, kind ("model", "checkpoint", "corpus", "other"), format, version, checksums; of
/// a model its languages (if it knows them), the state of its training (of a checkpoint: trainer) or the files that it
/// is the average of (averaged), its parameters (total, then by module), vocabulary and options; of a corpus its
/// pairs and both sides; of another file its metadata; then the tensors, if wanted: name -> type and shape. A damaged
/// or newer file of Rotor's is an Error.
nlohmann::ordered_json summarise(const SafeTensors& file, bool tensors);

/// Formats a summary as text, one line for each value, with objects indented.
std::string summary_text(const nlohmann::ordered_json& summary);

}  // namespace rotor

// Checksums of safetensors files: the metadata `sha256` is a JSON object in a string with the SHA-256 (hexadecimal) of
// each tensor's bytes under its name and, under `__metadata__`, that of the header itself: its JSON text, without
// spaces and without `sha256`. They reveal any flipped bit of a file. SafeTensors does not check them: those who use a
// file whole call check_undamaged(), which takes about 0.6 seconds a GB (SHA-256 with the processor's instructions).
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "format/safetensors.h"

namespace rotor {

/// The metadata key of the checksums.
inline constexpr const char* kChecksums = "sha256";

/// The checksums of tensors, in their order, and of a header that holds no checksums.
std::string checksums_of(const std::vector<std::pair<std::string, std::string_view>>& tensors,
                         const nlohmann::ordered_json& header);

/// An Error for a file that carries no checksums.
void expect_checksums(const SafeTensors& file);

/// Says by its name whether a tensor is to be compared with its checksum.
using TensorChoice = std::function<bool(const std::string& name)>;

/// Names of the parts that do not match their checksums: "tensor 'a'", "the header" …, in the order of the names; empty
/// if the file is as it was written. Tensors that are not among the `chosen` are not read. A file without checksums is
/// an Error.
std::vector<std::string> damaged_parts(const SafeTensors& file, const TensorChoice& chosen = {});

/// Throws a DamagedFile that names what does not match its checksum. A file without checksums passes.
void check_undamaged(const SafeTensors& file, const TensorChoice& chosen = {});

}  // namespace rotor

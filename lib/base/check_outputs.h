// A check of outputs: a command replaces nothing that it reads, and writes no file twice.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace rotor {

/// A file that an option names to be written; empty if the option is not given.
struct NamedOutput {
  std::string option;
  std::filesystem::path file;
};

/// Refuses, as an error of usage that names the option, an output that is one of the files read or another output,
/// under whatever name and whether or not it is there yet. Empty names and "-" are no files, and devices and pipes may
/// be written to more than once. An output that is a folder is an Error.
void check_outputs(std::span<const NamedOutput> written, std::vector<std::filesystem::path> read);

}  // namespace rotor

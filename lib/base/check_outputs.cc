#include "base/check_outputs.h"

#include <algorithm>

#include "base/files.h"
#include "base/option_text.h"
#include "base/output_path.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

bool is_no_file(const fs::path& name) {
  return name.empty() || name == "-";
}

/// The name from the root without links, also of a file that is not there yet.
fs::path whole_name(const fs::path& name) {
  std::error_code fault;
  const fs::path file = fs::absolute(fs::is_directory(name, fault) ? name : output_path(name).path);
  const fs::path whole = fs::weakly_canonical(file, fault);
  return fault ? file.lexically_normal() : whole;
}

}  // namespace

void check_outputs(std::span<const NamedOutput> written, std::vector<fs::path> read) {
  std::erase_if(read, is_no_file);
  for (const auto& [option, file] : written) {
    if (is_no_file(file) || output_path(file).special) continue;
    refuse_to_replace(option, file, read);
    const fs::path name = whole_name(file);
    require(std::none_of(read.begin(), read.end(), [&](const fs::path& other) { return whole_name(other) == name; }),
            "{} {} is named twice; give it another name", option, file.string());
    read.push_back(file);
  }
}

}  // namespace rotor

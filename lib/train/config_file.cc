#include "train/config_file.h"

#include <fmt/ranges.h>

#include <map>
#include <ostream>
#include <sstream>

#include "base/files.h"
#include "base/log.h"
#include "base/mapped_file.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// Every option's value, several with blanks between.
std::map<std::string, std::string> values_of(const std::string& ini) {
  constexpr std::string_view kEquals = " = ";
  std::map<std::string, std::string> values;
  std::istringstream lines(ini);
  for (std::string line; std::getline(lines, line);) {
    const size_t equals = line.find(kEquals);
    if (equals == line.npos) continue;
    const std::string name = line.substr(0, equals), value = line.substr(equals + kEquals.size());
    const auto [at, first] = values.emplace(name, value);
    if (!first) at->second += " " + value;
  }
  return values;
}

/// Keeps a config.ini under a name of its own, unless the one of that name is there: that one was trained under.
fs::path keep(const fs::path& config, int64_t updates) {
  const fs::path kept = config.parent_path() / fmt::format("config_until_update_{}.ini", updates);
  if (!fs::exists(kept)) link_atomically(config, kept);
  return kept;
}

}  // namespace

std::vector<std::string> changed_options(const std::string& before, const std::string& after) {
  const auto old_values = values_of(before), new_values = values_of(after);
  std::vector<std::string> changes;
  for (const auto& [name, value] : new_values) {
    const auto old = old_values.find(name);
    if (name == "save-dir" || old == old_values.end() || old->second == value) continue;
    const auto shown = [](const std::string& text) { return text.empty() ? "\"\"" : text; };
    changes.push_back(fmt::format("{} {} -> {}", name, shown(old->second), shown(value)));
  }
  return changes;
}

void write_config(const fs::path& folder, const std::string& ini, int64_t updates) {
  const fs::path path = folder / "config.ini";
  if (fs::exists(path)) {
    const auto changes = changed_options(std::string(MappedFile(path).bytes()), ini);
    if (!changes.empty()) {
      const std::string kept =
          updates > 0 ? fmt::format("; it is kept as {}", keep(path, updates).filename().string()) : "";
      log::info("options other than in the folder's config.ini: {}{}", fmt::join(changes, ", "), kept);
    }
  }
  write_atomically(path, [&](std::ostream& out) { out << ini; });
}

}  // namespace rotor

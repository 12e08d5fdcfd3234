// config.ini of a run's folder: the options of the run that was last there. A run that continues under other options
// logs the differences, and keeps the earlier file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rotor {

/// The options that have another value in `after` than in `before`, both as Options::to_ini() writes them: "seed 1 ->
/// 2".
/// --save-dir and options that only one of them has do not count.
std::vector<std::string> changed_options(const std::string& before, const std::string& after);

/// Writes config.ini of a run that goes on after so many updates. Where options of the file that was there differ, they
/// are logged in one line, and that file is kept as config_until_update_<updates>.ini unless no update was made under
/// it.
void write_config(const std::filesystem::path& folder, const std::string& ini, int64_t updates);

}  // namespace rotor

// The limits of the control groups (cgroups of version 1 or 2) that this process is in: its own group, and those around
// it, of which the least limit counts.
#pragma once

#include <cstdint>
#include <filesystem>

namespace rotor {

/// Returns the bytes of memory that the groups leave this process; without a limit the greatest number there is. `root`
/// is the root of the file system.
int64_t group_memory(const std::filesystem::path& root = "/");

/// Returns how many of these cores the groups' quotas amount to, rounded up and at least 1.
int cores_within_quota(int cores, const std::filesystem::path& root = "/");

}  // namespace rotor

#include "base/control_group.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/scratch.h"

namespace rotor {
namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

/// The root of a file system in which files are made with their folders.
struct FileSystem {
  ScratchFolder root;

  void file(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((root / name).parent_path());
    root.file(name, text);
  }
  int64_t memory() const { return group_memory(root.path()); }
  int cores(int cores) const { return cores_within_quota(cores, root.path()); }
};

TEST(ControlGroup, HasTheLeastLimitsOfItsAncestorsInVersion2) {
  const FileSystem system;
  EXPECT_EQ(system.memory(), kNoLimit);
  EXPECT_EQ(system.cores(8), 8);
  system.file("proc/self/cgroup", "0::/jobs/one:two\n");
  system.file("sys/fs/cgroup/jobs/one:two/memory.max", "3000\n");
  system.file("sys/fs/cgroup/jobs/one:two/cpu.max", "350000 100000\n");
  system.file("sys/fs/cgroup/jobs/other/memory.max", "7\n");
  EXPECT_EQ(system.memory(), 3000);
  EXPECT_EQ(system.cores(8), 4);
  EXPECT_EQ(system.cores(3), 3);
  system.file("sys/fs/cgroup/jobs/memory.max", "2000\n");
  system.file("sys/fs/cgroup/jobs/cpu.max", "5000 100000\n");
  EXPECT_EQ(system.memory(), 2000);
  EXPECT_EQ(system.cores(8), 1);
  system.file("sys/fs/cgroup/jobs/memory.max", "max\n");
  system.file("sys/fs/cgroup/jobs/cpu.max", "max 100000\n");
  EXPECT_EQ(system.memory(), 3000);
  EXPECT_EQ(system.cores(8), 4);
}

TEST(ControlGroup, HasALimitOfEachControllerInVersion1) {
  const FileSystem system;
  system.file("proc/self/cgroup", "12:cpuset:/a\n4:cpu,cpuacct:/b/c\n3:memory:/d\nnonsense\n0::/e\n");
  system.file("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "100000\n");
  system.file("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
  system.file("sys/fs/cgroup/cpu/b/c/cpu.cfs_quota_us", "-1\n");
  system.file("sys/fs/cgroup/cpu/b/c/cpu.cfs_period_us", "100000\n");
  system.file("sys/fs/cgroup/memory/d/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(system.cores(8), 8);
  EXPECT_GT(system.memory(), int64_t{1} << 60);
  system.file("sys/fs/cgroup/cpu/b/cpu.cfs_quota_us", "200000\n");
  system.file("sys/fs/cgroup/cpu/b/cpu.cfs_period_us", "100000\n");
  system.file("sys/fs/cgroup/memory/d/memory.limit_in_bytes", "5000\n");
  EXPECT_EQ(system.cores(8), 2);
  EXPECT_EQ(system.memory(), 5000);
}

/// In a container the path may be the host's, and the group itself is what is mounted.
TEST(ControlGroup, IsAlsoLookedForWhereItIsMounted) {
  const FileSystem system;
  system.file("proc/self/cgroup", "4:cpu:/docker/1234\n3:memory:/docker/1234\n0::/../../elsewhere\n");
  system.file("sys/fs/cgroup/memory/memory.limit_in_bytes", "4000\n");
  system.file("sys/fs/cgroup/cpu.max", "200000 100000\n");
  EXPECT_EQ(system.memory(), 4000);
  EXPECT_EQ(system.cores(8), 2);
}

}  // namespace
}  // namespace rotor

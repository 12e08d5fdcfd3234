#include "base/machine.h"

#include <gtest/gtest.h>

#include "base/memory.h"
#include "base/scratch.h"

namespace rotor {
namespace {

cpu_set_t cores(std::initializer_list<int> numbers) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int number : numbers) CPU_SET(number, &set);
  return set;
}

TEST(Machine, CountsTheMemoryNodesOfTheCoresThatAProcessMayUse) {
  const ScratchFolder folder;
  const char* lists[] = {"0-3,8-11\n", "4-7,12\n", "\n"};  // the last has memory alone
  for (int node = 0; node < 3; ++node) {
    const std::string name = "node" + std::to_string(node);
    std::filesystem::create_directories(folder / name);
    folder.file(name + "/cpulist", lists[node]);
  }
  folder.file("possible", "0-2\n");
  EXPECT_EQ(memory_nodes(cores({0, 1, 4}), folder.path()), 2);
  EXPECT_EQ(memory_nodes(cores({9, 11}), folder.path()), 1);
  EXPECT_EQ(memory_nodes(cores({12, 8}), folder.path()), 2);
  EXPECT_EQ(memory_nodes(cores({0}), folder / "none"), 1) << "the system does not say";
}

TEST(Machine, IsWhatThisProcessMayUse) {
  setenv("OMP_NUM_THREADS", "1000", 1);  // which is about threads
  const Machine machine = this_machine();
  unsetenv("OMP_NUM_THREADS");
  EXPECT_EQ(machine.cores, default_threads());
  EXPECT_GE(machine.nodes, 1);
  EXPECT_EQ(machine.memory_mb, available_memory() >> 20);
}

}  // namespace
}  // namespace rotor

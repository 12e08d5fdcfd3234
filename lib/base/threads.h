// How many threads share the loops of a thread, and how many this process should use.
#pragma once

#include <sched.h>

#include <cstdint>

namespace rotor {

cpu_set_t allowed_cores();  ///< the cores this process may run on
int default_threads();      ///< OMP_NUM_THREADS, else the number of cores this process may use

/// OMP_NUM_THREADS, of which more than 1024 count as 1024, else the number of threads, at least 1, for each of the
/// given number of processes that share these cores.
int default_threads(const cpu_set_t& cores, int processes);

/// Sets the threads of every parallel loop that the calling thread starts from here on; 0 means default_threads(). More
/// than 1024 are an Error.
void set_threads(int64_t threads);

/// The number that the calling thread last set, at first default_threads(); 1 within a parallel loop, because loops
/// within loops are not shared. No more threads than there are cores run at a time, so more make nothing faster.
int threads();

}  // namespace rotor

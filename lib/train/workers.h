// Workers: the processes that train one model together, each with a copy of all of it. Of the batches of an update,
// process r of N takes numbers r, r + N, r + 2N …; the gradients and losses of all are added up, and every process
// makes the same update. A process started on its own is the only worker; under an MPI launcher (mpirun, srun) the
// launcher's processes are the workers.
//
//   int main(…) { return run_workers([&](Workers& workers) { … }); }
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace rotor {

/// Every function but rank(), size() and leads() is to be called by all workers alike, in the same order.
class Workers {
 public:
  virtual ~Workers() = default;

  virtual int rank() const = 0;  ///< from 0
  virtual int size() const = 0;
  /// One worker writes the files and the log.
  bool leads() const { return rank() == 0; }

  /// Begins to replace the values by their sums over all workers, the same bits in each; nobody may touch them until
  /// finish_sums() has returned.
  virtual void begin_sum(std::span<float> values) = 0;
  virtual void finish_sums() = 0;
  /// Replaces the values by their sums.
  virtual void sum(std::span<double> values) = 0;
  virtual int64_t highest(int64_t value) = 0;
  /// Gives all workers the bytes of the one that leads.
  virtual void broadcast(std::span<std::byte> bytes) = 0;

  /// Threads for each worker, so that those of a machine share its cores: OMP_NUM_THREADS, else cores / workers.
  virtual int threads() = 0;
};

/// The only worker.
Workers& alone();

/// run_app for a command of several processes: joins the workers, runs the body, and leaves. The failure of one worker
/// is a line that names its rank, and ends them all; an Interrupted is thrown by all together. Only the worker that
/// leads logs and prints results. An Error if a launcher started several processes that cannot be workers.
int run_workers(const std::function<void(Workers&)>& body);

/// Whether an MPI launcher started this process.
bool under_launcher();

/// The launcher's processes; defined where Rotor is built with OpenMPI.
std::unique_ptr<Workers> join_mpi();
/// Ends this process's part: with 0, or after a signal (128 and above), together with the others; else ends them all.
void leave_mpi(int exit_code);

}  // namespace rotor

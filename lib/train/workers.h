// Workers: the processes that train one model together, each with a copy of the whole model. Process r of N takes the
// batches number r, r + N, r + 2N … of each update; the gradients and losses of all processes are added up, and every
// process makes the same update. A process started on its own is the only worker; under an MPI launcher (mpirun, srun)
// the launcher's processes are the workers.
//
//   int main(…) { return run_workers([&](Workers& workers) { … }); }
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace rotor {

/// All workers must call every function except rank(), size() and leads() alike, in the same order.
class Workers {
 public:
  virtual ~Workers() = default;

  virtual int rank() const = 0;  ///< number of this worker, from 0
  virtual int size() const = 0;
  /// Whether this worker writes the files and the log; one worker does.
  bool leads() const { return rank() == 0; }

  /// Begins to replace the values by their sums over all workers, with the same bits in each; the values must not be
  /// used until finish_sums() has returned.
  virtual void begin_sum(std::span<float> values) = 0;
  virtual void finish_sums() = 0;
  /// Replaces the values by their sums over all workers.
  virtual void sum(std::span<double> values) = 0;
  virtual int64_t highest(int64_t value) = 0;
  /// Copies the bytes of the leading worker to all workers.
  virtual void broadcast(std::span<std::byte> bytes) = 0;

  /// Threads for each worker, so that those of a machine share its cores: OMP_NUM_THREADS, else cores / workers.
  virtual int threads() = 0;
};

/// The workers of a process without an MPI launcher: only itself.
Workers& alone();

/// run_app for a command of several processes: joins the workers, runs the body, and leaves. The failure of one worker
/// prints a line that names its rank, and ends all workers; Interrupted is thrown by all of them together. Only the
/// leading worker logs and prints results. It is an Error if a launcher started several processes that cannot be
/// workers.
int run_workers(const std::function<void(Workers&)>& body);

/// Whether an MPI launcher started this process.
bool under_launcher();

/// The launcher's processes as workers; defined if Rotor is built with OpenMPI.
std::unique_ptr<Workers> join_mpi();
/// Ends this process: with 0, or after a signal (128 and above), together with the others; any other code ends all
/// processes.
void leave_mpi(int exit_code);

}  // namespace rotor

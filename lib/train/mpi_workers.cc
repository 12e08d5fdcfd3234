// Workers through OpenMPI: the one file that sees MPI. Only the main thread calls it.
#include <mpi.h>
#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/check.h"
#include "base/threads.h"
#include "train/workers.h"

namespace rotor {
namespace {

/// Bytes of one all-reduce or broadcast: MPI counts in int, and sets aside as much again for what comes in.
constexpr size_t kBucket = size_t{16} << 20;

/// Calls `pass(begin, count)` for one stretch of the values after the other. MPI ends all processes on an error.
template <typename T, typename Pass>
void in_buckets(std::span<T> values, Pass pass) {
  constexpr size_t kCount = kBucket / sizeof(T);
  for (size_t begin = 0; begin < values.size(); begin += kCount) {
    pass(values.data() + begin, static_cast<int>(std::min(kCount, values.size() - begin)));
  }
}

class MpiWorkers : public Workers {
 public:
  MpiWorkers() {
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }

  void begin_sum(std::span<float> values) override {
    in_buckets(values, [this](float* data, int count) {
      MPI_Iallreduce(MPI_IN_PLACE, data, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD, &sums_.emplace_back());
    });
    int done = 0;  // what was begun before moves on whenever MPI is called
    MPI_Testall(static_cast<int>(sums_.size()), sums_.data(), &done, MPI_STATUSES_IGNORE);
  }

  void finish_sums() override {
    MPI_Waitall(static_cast<int>(sums_.size()), sums_.data(), MPI_STATUSES_IGNORE);
    sums_.clear();
  }

  void sum(std::span<double> values) override {
    in_buckets(values, [](double* data, int count) {
      MPI_Allreduce(MPI_IN_PLACE, data, count, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    });
  }

  int64_t highest(int64_t value) override {
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT64_T, MPI_MAX, MPI_COMM_WORLD);
    return value;
  }

  void broadcast(std::span<std::byte> bytes) override {
    in_buckets(bytes, [](std::byte* data, int count) { MPI_Bcast(data, count, MPI_BYTE, 0, MPI_COMM_WORLD); });
  }

  int threads() override {
    MPI_Comm machine;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
    int workers = 1;
    MPI_Comm_size(machine, &workers);
    cpu_set_t cores = allowed_cores();  // the launcher may have bound each worker to cores of its own, or none
    MPI_Allreduce(MPI_IN_PLACE, &cores, sizeof cores, MPI_BYTE, MPI_BOR, machine);
    MPI_Comm_free(&machine);
    return default_threads(cores, workers);
  }

 private:
  std::vector<MPI_Request> sums_;  ///< begun
  int rank_ = 0, size_ = 1;
};

/// The number of processes that the launcher says it started; 1 if it does not say.
int launched() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"}) {
    if (const char* text = std::getenv(name)) return std::atoi(text);
  }
  return 1;
}

}  // namespace

std::unique_ptr<Workers> join_mpi() {
  auto workers = std::make_unique<MpiWorkers>();
  ROTOR_CHECK(
      workers->size() > 1 || launched() <= 1,
      "expected the {} processes of the launcher to find each other, but each is alone: start them with the mpirun of "
      "the OpenMPI that rotor was built with, or with srun --mpi=pmix",
      launched());
  return workers;
}

void leave_mpi(int exit_code) {
  constexpr int kSignal = 128;
  if (exit_code != 0 && exit_code < kSignal) MPI_Abort(MPI_COMM_WORLD, exit_code);
  MPI_Finalize();
}

}  // namespace rotor

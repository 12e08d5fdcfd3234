#include "train/workers.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "base/check.h"
#include "base/command_line.h"
#include "base/log.h"
#include "base/run_app.h"
#include "base/signals.h"
#include "base/threads.h"

namespace rotor {
namespace {

class Alone : public Workers {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  void begin_sum(std::span<float>) override {}
  void finish_sums() override {}
  void sum(std::span<double>) override {}
  int64_t highest(int64_t value) override { return value; }
  void broadcast(std::span<std::byte>) override {}
  int threads() override { return default_threads(); }
};

/// srun says how many processes it started also where it gives them no MPI: each would train the whole model alone.
void check_alone() {
  const char* text = std::getenv("SLURM_STEP_NUM_TASKS");
  const int processes = text == nullptr ? 1 : std::atoi(text);
  ROTOR_CHECK(
      processes <= 1,
      "expected the {} processes of srun to find each other; start them with mpirun or srun --mpi=pmix, or unset "
      "SLURM_STEP_NUM_TASKS to train each alone",
      processes);
}

std::unique_ptr<Workers> join() {
  if (!under_launcher()) {
    check_alone();
    return std::make_unique<Alone>();
  }
#if ROTOR_MPI
  return join_mpi();
#else
  fail(
      "expected to be started without mpirun or srun: this rotor was built without OpenMPI; install libopenmpi-dev and "
      "build again to train with several processes");
#endif
}

/// Results and messages come from the worker that leads; what remains to the others is the line of a failure.
void speak_as(const Workers& workers) {
  if (workers.size() > 1) name_command(fmt::format("{} (rank {})", command_name(), workers.rank()));
  if (workers.leads()) return;
  log::silence();
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(nowhere, STDOUT_FILENO);
  ::close(nowhere);
}

/// A failure of every worker, such as an unknown option, is reported once: the leading worker reports it and ends the
/// others by a signal, which also ends this sleep.
void let_the_leader_speak(const Workers& workers) {
  constexpr unsigned kSeconds = 2;
  if (!workers.leads() && ::sleep(kSeconds) > 0) ::_exit(1);
}

}  // namespace

Workers& alone() {
  static Alone instance;
  return instance;
}

bool under_launcher() {
  // The variables of OpenMPI's mpirun, of PMIx and of PMI (srun --mpi=pmix, --mpi=pmi2).
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"}) {
    if (std::getenv(name) != nullptr) return true;
  }
  return false;
}

int run_workers(const std::function<void(Workers&)>& body) {
  std::unique_ptr<Workers> workers;
  int code_of_followers = 0;
  const int code = run_app([&] {
    workers = join();
    speak_as(*workers);
    try {
      body(*workers);
    } catch (const CommandLine::Exit&) {
      throw;
    } catch (const Interrupted& signal) {
      if (workers->leads()) throw;
      code_of_followers = 128 + signal.number();
    } catch (...) {
      let_the_leader_speak(*workers);
      throw;
    }
  });
  const int exit_code = code != 0 ? code : code_of_followers;
#if ROTOR_MPI
  if (workers && under_launcher()) leave_mpi(exit_code);
#endif
  return exit_code;
}

}  // namespace rotor

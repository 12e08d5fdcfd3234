// How well threads would share one update of a training, on more cores than this machine has:
//   parallelism --arch transformer_base [--memory-threads 12]
// Updates run on one thread, and every loop that threads share is measured block by block. A schedule on paper then
// lets 1 to 128 threads work on the blocks as a ThreadTeam does. It assumes that
// - what lies between the loops takes the same time, on one thread;
// - to start a loop costs what it costs here with two threads, and 60 ns more for each further one, which joins it;
// - loops other than products and attention read memory, which --memory-threads threads keep busy: more threads make
//   these no faster. Packing within a product's tasks is a small part of them, so that few threads do it at a time;
// - all cores are as fast as this one, whatever the others do.
// The prediction for one and for two threads stands beside whole updates as measured. Prints Markdown.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <regex>

#include "base/check.h"
#include "base/command_line.h"
#include "base/progress.h"
#include "base/run_app.h"
#include "base/team.h"
#include "median_seconds.h"
#include "random_training.h"

namespace rotor {
namespace {

constexpr double kJoinSeconds = 60e-9;

/// The function whose loop it is, out of what the compiler calls share_loop's instance.
std::string loop_name(const std::string& where) {
  static const std::regex before_name("parallel_[a-z]+<(?:rotor::)?"), noise("\\{anonymous\\}::|rotor::|\\[with.*");
  std::string name = where;
  for (std::smatch m; std::regex_search(name, m, before_name);) name = m.suffix();
  return std::regex_replace(name.substr(0, name.find('(')), noise, "");
}

bool is_arithmetic(const std::string& name) {
  return name.find("gemm") != std::string::npos || name.find("Product") != std::string::npos ||
         name.find("matrices") != std::string::npos || name.find("attention") != std::string::npos;
}

/// A loop, and the seconds of its blocks, which have equal shares of `n` numbers.
struct Loop {
  const char* where;
  int64_t n = 0;
  double before = 0;         ///< seconds since the loop before it
  std::vector<double> ends;  ///< ends[i]: seconds until block i has ended

  double seconds() const { return ends.back(); }
  double block_seconds(size_t i) const { return i == 0 ? ends[0] : ends[i] - ends[i - 1]; }

  /// Seconds of the numbers up to `number`.
  double until(int64_t number) const {
    const double place = static_cast<double>(number) / static_cast<double>(n) * static_cast<double>(ends.size());
    const auto whole = static_cast<size_t>(place);
    const double done = whole == 0 ? 0 : ends[whole - 1];
    return whole == ends.size() ? done : done + (place - static_cast<double>(whole)) * (ends[whole] - done);
  }

  /// Seconds of `threads` threads, each of which takes steps of its own run, then of the others' (ThreadTeam).
  double shared_by(int64_t threads) const {
    struct Run {
      int64_t next, end;
    };
    std::vector<Run> runs;
    std::vector<double> free(threads, 0.);
    for (int64_t i = 0; i < threads; ++i) runs.push_back({n * i / threads, n * (i + 1) / threads});
    const int64_t step = std::max<int64_t>(1, n / (threads * 32));
    for (int64_t taken = 0; taken < n;) {
      const auto member = std::min_element(free.begin(), free.end()) - free.begin();
      int64_t i = member;
      while (runs[i].next >= runs[i].end) i = (i + 1) % threads;
      const int64_t begin = runs[i].next, end = std::min(runs[i].end, begin + step);
      runs[i].next = end;
      taken += end - begin;
      free[member] += until(end) - until(begin);
    }
    return *std::max_element(free.begin(), free.end());
  }
};

class Recorder : public LoopObserver {
 public:
  void run(const char* where, int64_t n, const std::function<void(int64_t, int64_t)>& f) override {
    constexpr int64_t kMostBlocks = 512;  // reading the clock takes time too
    Loop& loop = loops.emplace_back(Loop{where, n, seconds_now() - last_end_, {}});
    const int64_t blocks = std::min(n, kMostBlocks);
    loop.ends.reserve(blocks);
    loop_observer() = nullptr;  // loops within this one are not shared
    const double start = seconds_now();
    for (int64_t i = 0; i < blocks; ++i) {
      f(n * i / blocks, n * (i + 1) / blocks);
      loop.ends.push_back(seconds_now() - start);
    }
    loop_observer() = this;
    last_end_ = seconds_now();
  }

  std::vector<Loop> loops;

 private:
  double last_end_ = seconds_now();
};

struct Prediction {
  double serial = 0, starts = 0, shared = 0;

  double seconds() const { return serial + starts + shared; }
};

class Schedule {
 public:
  Schedule(std::vector<Loop> loops, double start_seconds, int64_t memory_threads)
      : loops_(std::move(loops)), start_seconds_(start_seconds), memory_threads_(memory_threads) {
    for (const Loop& loop : loops_) serial_ += loop.before;
  }

  Prediction predict(int64_t threads) const {
    Prediction result{serial_, 0, 0};
    for (const Loop& loop : loops_) {
      result.starts += start(threads);
      result.shared += seconds(loop, threads);
    }
    return result;
  }

  /// The loops by name: calls, seconds on one thread, seconds on `threads`, seconds before them.
  std::map<std::string, std::array<double, 4>> by_name(int64_t threads) const {
    std::map<std::string, std::array<double, 4>> result;
    for (const Loop& loop : loops_) {
      auto& [calls, one, many, before] = result[loop_name(loop.where)];
      before += loop.before;
      calls += 1;
      one += loop.seconds();
      many += seconds(loop, threads) + start(threads);
    }
    return result;
  }

  size_t loops() const { return loops_.size(); }

 private:
  double start(int64_t threads) const {
    return threads == 1 ? 0 : start_seconds_ + kJoinSeconds * static_cast<double>(threads - 2);
  }
  double seconds(const Loop& loop, int64_t threads) const {
    const double scheduled = loop.shared_by(std::min(threads, loop.n));
    const auto most = static_cast<double>(memory_threads_);
    return is_arithmetic(loop_name(loop.where)) ? scheduled : std::max(scheduled, loop.seconds() / most);
  }

  std::vector<Loop> loops_;
  double serial_ = 0, start_seconds_;  // what lies behind the last loop of an update is too short to count
  int64_t memory_threads_;
};

/// The loops of an update on one thread. Each block, and each time before a loop, takes the median of three updates,
/// since what else the machine does disturbs some of them.
std::vector<Loop> usual_loops(RandomTraining& training) {
  std::array<std::vector<Loop>, 3> rounds;
  for (std::vector<Loop>& loops : rounds) {
    Recorder recorder;
    loop_observer() = &recorder;
    training.update();
    loop_observer() = nullptr;
    loops = std::move(recorder.loops);
    ROTOR_CHECK(loops.size() == rounds[0].size(), "expected updates of the same loops");
  }
  const auto median = [&](auto seconds) {
    std::array<double, 3> of = {seconds(rounds[0]), seconds(rounds[1]), seconds(rounds[2])};
    std::sort(of.begin(), of.end());
    return of[1];
  };
  std::vector<Loop> result = rounds[0];
  for (size_t i = 0; i < result.size(); ++i) {
    result[i].before = median([&](const std::vector<Loop>& loops) { return loops[i].before; });
    double end = 0;
    for (size_t b = 0; b < result[i].ends.size(); ++b) {
      result[i].ends[b] = end += median([&](const std::vector<Loop>& loops) { return loops[i].block_seconds(b); });
    }
  }
  return result;
}

double update_seconds(RandomTraining& training, int64_t threads) {
  set_threads(threads);
  return median_seconds([&] { training.update(); });
}

void print_loops(const Schedule& schedule, int64_t threads) {
  std::cout << fmt::format(
      "\n| loops of one update, of {} | calls | ms on 1 thread | on {} | efficiency | ms before them |\n"
      "| --- | ---: | ---: | ---: | ---: | ---: |\n",
      schedule.loops(), threads);
  std::vector<std::pair<std::string, std::array<double, 4>>> rows;
  for (const auto& row : schedule.by_name(threads)) rows.push_back(row);
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second[2] > b.second[2]; });
  if (rows.size() > 16) rows.resize(16);
  for (const auto& [name, figures] : rows) {
    const auto& [calls, one_thread, many, before] = figures;
    std::cout << fmt::format("| `{}` | {:.0f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} |\n", name, calls, 1e3 * one_thread,
                             1e3 * many, one_thread / many / static_cast<double>(threads), 1e3 * before);
  }
}

void run(int argc, char** argv) {
  Setting setting;
  int64_t memory_threads = 12;
  CommandLine options("parallelism", "parallelism [options]",
                      "How well 1 to 128 threads would share one update of a training.");
  options.group("Measurement");
  options.add("memory-threads", memory_threads, "threads that keep the memory busy");
  setting.read(options, argc, argv);

  RandomTraining training(setting);
  const double tokens = static_cast<double>(training.tokens());
  const std::map<int64_t, double> measured = {{1, update_seconds(training, 1)}, {2, update_seconds(training, 2)}};
  constexpr int kStarts = 1000;
  const double start = median_seconds([] {
                         for (int i = 0; i < kStarts; ++i) share_loop(2, [](int64_t, int64_t) {});
                       }) /
                       kStarts;

  std::cout << "| threads | target tokens/s | efficiency | between loops | starts | measured here |\n"
               "| ---: | ---: | ---: | ---: | ---: | ---: |\n";
  set_threads(1);
  const Schedule schedule(usual_loops(training), start, memory_threads);
  for (int64_t threads = 1; threads <= 128; threads *= 2) {
    const Prediction p = schedule.predict(threads);
    std::cout << fmt::format("| {} | {:.0f} | {:.2f} | {:.0f} % | {:.0f} % | {} |\n", threads, tokens / p.seconds(),
                             schedule.predict(1).seconds() / p.seconds() / static_cast<double>(threads),
                             100 * p.serial / p.seconds(), 100 * p.starts / p.seconds(),
                             measured.contains(threads) ? fmt::format("{:.0f}", tokens / measured.at(threads)) : "");
  }
  for (const int64_t threads : {16, 64}) print_loops(schedule, threads);
}

}  // namespace
}  // namespace rotor

int main(int argc, char** argv) {
  return rotor::run_app([&] { rotor::run(argc, argv); });
}

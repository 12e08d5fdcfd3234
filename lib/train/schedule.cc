#include "train/schedule.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/command_line.h"
#include "base/option_text.h"

namespace rotor {
namespace {

using O = ScheduleOptions;

/// From `begin` at no update in a line to `end` at `updates`.
double line(double begin, double end, int64_t done, int64_t updates) {
  return begin + (end - begin) * static_cast<double>(done) / static_cast<double>(updates);
}

std::string end_of(int64_t all_updates) {
  return all_updates > 0 ? std::to_string(all_updates) : "no limit";
}

/// A warm-up in a line to `lr`, then lr · √(warmup / updates).
Schedule inverse_sqrt(const O& o, int64_t /*width*/, int64_t /*all_updates*/) {
  require(o.warmup_updates > 0,
          "expected --warmup-updates above 0, or --warmup-ratio, with --lr-scheduler inverse_sqrt, got {}",
          o.warmup_updates);
  return [o](int64_t updates, int64_t /*epoch*/) {
    if (updates < o.warmup_updates) return line(o.warmup_init_lr, o.lr, updates, o.warmup_updates);
    return o.lr * std::sqrt(static_cast<double>(o.warmup_updates) / static_cast<double>(updates));
  };
}

/// lr · D^-½ · min(t^-½, t · warmup^-1½) at update t, counted from 1; the peak is lr / √(D · warmup).
Schedule noam(const O& o, int64_t width, int64_t /*all_updates*/) {
  require(o.warmup_updates > 0,
          "expected --warmup-updates above 0, or --warmup-ratio, with --lr-scheduler noam, got {}", o.warmup_updates);
  return [o, width](int64_t updates, int64_t /*epoch*/) {
    const double t = static_cast<double>(updates) + 1, warmup = static_cast<double>(o.warmup_updates);
    return o.lr / std::sqrt(static_cast<double>(width)) * std::min(1 / std::sqrt(t), t / std::pow(warmup, 1.5));
  };
}

/// `lr`, times a power of lr-shrink that grows by one an epoch from the epoch force-anneal on; a warm-up whose first
/// update has lr / warmup already.
Schedule fixed(const O& o, int64_t /*width*/, int64_t /*all_updates*/) {
  return [o](int64_t updates, int64_t epoch) {
    const bool anneal = o.force_anneal > 0 && epoch >= o.force_anneal;
    const double rate = anneal ? o.lr * std::pow(o.lr_shrink, static_cast<double>(epoch + 1 - o.force_anneal)) : o.lr;
    return updates < o.warmup_updates ? line(0, rate, updates + 1, o.warmup_updates) : rate;
  };
}

/// After the warm-up min + ½ (lr − min) (1 + cos(π · t / period)) within a period (Loshchilov and Hutter 2017); each
/// period is t-mult times as long as the one before, and both rates lr-shrink times as high.
Schedule cosine(const O& o, int64_t /*width*/, int64_t all_updates) {
  const double first =
      o.lr_period_updates > 0 ? o.lr_period_updates : static_cast<double>(all_updates - o.warmup_updates);
  require(first > 0,
          "expected --lr-period-updates with --lr-scheduler cosine, or more updates in all (--max-update, --max-epoch) "
          "than the {} that warm up, got {}; lower --warmup-updates or --warmup-ratio",
          o.warmup_updates, end_of(all_updates));
  require(o.min_lr <= o.lr, "expected --min-lr of at most --lr {}, got {}", o.lr, o.min_lr);
  return [o, first](int64_t updates, int64_t /*epoch*/) {
    if (updates < o.warmup_updates) return line(o.warmup_init_lr, o.lr, updates, o.warmup_updates);
    const double done = static_cast<double>(updates - o.warmup_updates), m = o.t_mult;
    const double period =
        m == 1 ? std::floor(done / first) : std::floor(std::log(1 - done / first * (1 - m)) / std::log(m));
    const double length = std::pow(m, period) * first;
    const double begin = m == 1 ? period * first : (1 - std::pow(m, period)) / (1 - m) * first;
    const double shrink = std::pow(o.lr_shrink, period), low = o.min_lr * shrink, high = o.lr * shrink;
    return low + 0.5 * (high - low) * (1 + std::cos(std::numbers::pi * (done - begin) / length));
  };
}

/// A warm-up from 0, then end + (lr − end) · (the share of total-num-update that is left)^power: a line with power 1.
Schedule polynomial_decay(const O& o, int64_t /*width*/, int64_t all_updates) {
  const int64_t total = o.total_num_update > 0 ? o.total_num_update : all_updates;
  require(total > o.warmup_updates,
          "expected --total-num-update, or updates in all (--max-update, --max-epoch), above the {} that warm up with "
          "--lr-scheduler polynomial_decay, got {}; lower --warmup-updates or --warmup-ratio",
          o.warmup_updates, end_of(total));
  return [o, total](int64_t updates, int64_t /*epoch*/) {
    if (o.warmup_updates > 0 && updates <= o.warmup_updates) return line(0, o.lr, updates, o.warmup_updates);
    if (updates >= total) return o.end_learning_rate;
    const double left = line(1, 0, updates - o.warmup_updates, total - o.warmup_updates);
    return o.end_learning_rate + (o.lr - o.end_learning_rate) * std::pow(left, o.power);
  };
}

struct Row {
  const char* name;
  Schedule (*make)(const O& options, int64_t width, int64_t all_updates);
  std::vector<std::string> reads;  ///< options beside --lr and --warmup-updates, which all read
};

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows = {
      {"inverse_sqrt", inverse_sqrt, {"warmup-init-lr"}},
      {"noam", noam, {}},
      {"fixed", fixed, {"force-anneal", "lr-shrink"}},
      {"cosine", cosine, {"warmup-init-lr", "min-lr", "lr-period-updates", "t-mult", "lr-shrink"}},
      {"polynomial_decay", polynomial_decay, {"end-learning-rate", "power", "total-num-update"}},
  };
  return kRows;
}

const Row& row(const std::string& name) {
  const auto found = std::find_if(rows().begin(), rows().end(), [&](const Row& r) { return r.name == name; });
  require(found != rows().end(), "expected --lr-scheduler as one of {}, got {}", fmt::join(schedule_names(), ", "),
          name);
  return *found;
}

/// The schedules that read an option, "lr-shrink".
std::vector<std::string> schedules_reading(const std::string& option) {
  std::vector<std::string> names;
  for (const Row& r : rows()) {
    if (std::count(r.reads.begin(), r.reads.end(), option) > 0) names.emplace_back(r.name);
  }
  return names;
}

}  // namespace

void ScheduleOptions::describe(Options& options) {
  const auto add = [&](const std::string& name, Options::Target target, const std::string& help) -> Option& {
    const std::vector<std::string> readers = schedules_reading(name);
    return options.add(name, target, help).only("with --lr-scheduler " + join(readers, " or "), [this, readers] {
      return std::count(readers.begin(), readers.end(), lr_scheduler) > 0;
    });
  };
  options.group("Learning rate");
  options.add("lr", &lr, "peak learning rate; for noam the factor").above(0).common();
  options.add("lr-scheduler", &lr_scheduler, "schedule of the learning rate", schedule_names()).common();
  options.add("warmup-updates", &warmup_updates, "updates of linear warm-up, with every schedule").at_least(0).common();
  options
      .add("warmup-ratio", &warmup_ratio,
           "share of all updates that warm up, in place of --warmup-updates, rounded up to a whole update; it needs "
           "--max-update or --max-epoch; -1: --warmup-updates")
      .at_least(-1)
      .below(1);
  add("warmup-init-lr", &warmup_init_lr, "learning rate of the first update").at_least(0);
  add("min-lr", &min_lr, "lowest learning rate of a period").at_least(0);
  add("lr-period-updates", &lr_period_updates,
      "updates of the first period after the warm-up; -1: up to the end of training")
      .at_least(-1);
  add("t-mult", &t_mult, "length of each period relative to the one before").at_least(1);
  add("lr-shrink", &lr_shrink,
      "cosine: learning rates of each period relative to the one before; fixed: factor of each epoch from "
      "--force-anneal on")
      .above(0);
  add("force-anneal", &force_anneal, "epoch from which each epoch shrinks the learning rate; -1: none").at_least(-1);
  add("end-learning-rate", &end_learning_rate, "learning rate at the end").at_least(0);
  add("power", &power, "power of the share of updates that remains").above(0);
  add("total-num-update", &total_num_update,
      "update at which the end is reached; -1: --max-update, or the end of --max-epoch")
      .at_least(-1);
}

int64_t ScheduleOptions::warmup(int64_t all_updates) const {
  if (warmup_ratio == -1) return warmup_updates;
  require(warmup_ratio >= 0, "--warmup-ratio expects a number from 0 to below 1, or -1, got {}", warmup_ratio);
  require(all_updates > 0, "--warmup-ratio {} needs an end of training: give --max-update or --max-epoch",
          warmup_ratio);
  return static_cast<int64_t>(std::ceil(warmup_ratio * static_cast<double>(all_updates)));
}

void ScheduleOptions::settle_warmup(const CommandLine& options) {
  const Option &ratio = *options.find("warmup-ratio"), &updates = *options.find("warmup-updates");
  const auto rank = [](const Option& option) { return option.is_asked() ? option.origin : Option::Origin::kDefault; };
  if (rank(ratio) > rank(updates)) {
    warmup_updates = ScheduleOptions().warmup_updates;
  } else if (rank(updates) > rank(ratio)) {
    warmup_ratio = -1;
  } else {
    require(!ratio.is_asked(), "--warmup-ratio and --warmup-updates are two lengths of one warm-up; give one of them");
  }
}

Schedule make_schedule(const ScheduleOptions& options, int64_t width, int64_t all_updates) {
  ScheduleOptions settled = options;
  settled.warmup_updates = options.warmup(all_updates);
  return row(options.lr_scheduler).make(settled, width, all_updates);
}

std::vector<std::string> schedule_names() {
  std::vector<std::string> names;
  for (const Row& r : rows()) names.emplace_back(r.name);
  return names;
}

}  // namespace rotor

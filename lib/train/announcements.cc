#include "train/announcements.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace rotor {

std::string announce_end(const TrainerOptions& options, bool validates) {
  const auto& [optimization, checkpoints] = options;
  std::vector<std::string> ends;
  if (optimization.max_update > 0) ends.push_back(fmt::format("after update {}", optimization.max_update));
  if (optimization.max_epoch > 0) ends.push_back(fmt::format("after epoch {}", optimization.max_epoch));
  if (validates && checkpoints.patience > 0) {
    ends.push_back(fmt::format("after {} validations in a row that are not better", checkpoints.patience));
  }
  if (optimization.stop_min_lr >= 0) {
    ends.push_back(
        fmt::format("after an epoch at whose end the learning rate is at most {}", optimization.stop_min_lr));
  }
  const std::string by_signal = checkpoints.no_save ? "Ctrl-C ends it" : "Ctrl-C saves checkpoint_last and ends it";
  if (ends.empty()) {
    return fmt::format("training has no end of its own, since no {} is given: {}",
                       validates ? "--max-update, --max-epoch or --patience" : "--max-update or --max-epoch",
                       by_signal);
  }
  return fmt::format("training will end {}{}; {} before", fmt::join(ends, " or "),
                     ends.size() > 1 ? ", whichever comes first" : "", by_signal);
}

std::string announce_skipped(int64_t skipped, int64_t all, const std::string& kind, const Samples& like,
                             const BatchOptions& batches) {
  return fmt::format(
      "left out {} of {} {} {}s: they have {} (</s> counted), the lesser of {} and of what the position "
      "encodings serve",
      skipped, all, kind, like.noun(), like.excess(batches), like.limiting_options());
}

}  // namespace rotor

// Sentences for the log of a training: how it will end, and which pairs it leaves out.
#pragma once

#include <string>

#include "data/batches.h"
#include "train/options.h"

namespace rotor {

/// Says when training will stop by itself, or that only a signal will stop it. --patience counts only if it
/// `validates`.
std::string announce_end(const TrainerOptions& options, bool validates);

/// Says that `skipped` of `all` pairs of a kind ("training", "validation") are longer than the batches allow.
std::string announce_skipped(int64_t skipped, int64_t all, const std::string& kind, const BatchOptions& batches);

}  // namespace rotor

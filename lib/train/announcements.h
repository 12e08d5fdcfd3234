// Sentences for the log of a training: how it will end, and which samples it leaves out.
#pragma once

#include <string>

#include "data/samples.h"
#include "train/options.h"

namespace rotor {

/// Says when training will stop by itself, or that only a signal will stop it. --patience counts only if it
/// `validates`.
std::string announce_end(const TrainerOptions& options, bool validates);

/// Says that `skipped` of `all` samples of a kind ("training", "validation") are longer than the batches allow; `like`
/// are samples of that kind.
std::string announce_skipped(int64_t skipped, int64_t all, const std::string& kind, const Samples& like,
                             const BatchOptions& batches);

}  // namespace rotor

// A corpus small enough for many trainings: digits to be sorted, "3 1 2" -> "1 2 3".
#pragma once

#include <algorithm>

#include "base/check.h"
#include "base/random.h"
#include "system/command.h"

namespace rotor {

/// A training of a model of 8,000 parameters on the folder `corpus`; without an end, and without a --save-dir.
inline const std::string kTrainDigits =
    "rotor-train corpus --arch transformer_tiny --encoder-layers 1 --decoder-layers 1 --encoder-embed-dim 16 "
    "--decoder-embed-dim 16 --encoder-ffn-embed-dim 32 --decoder-ffn-embed-dim 32 --encoder-attention-heads 2 "
    "--decoder-attention-heads 2 --dropout 0.2 --lr 0.003 --warmup-updates 10 --max-tokens 200 --log-interval 1 "
    "--threads 1 ";

/// Writes <split>.in and <split>.out, lines of 3 to 8 digits.
inline void write_digits(const ScratchFolder& folder, const std::string& split, int64_t pairs, uint64_t seed) {
  Random random(seed);
  std::string source, target;
  auto add = [](std::string& text, const std::string& digits) {
    for (char digit : digits) text += {digit, ' '};
    text.back() = '\n';
  };
  for (int64_t i = 0; i < pairs; ++i) {
    std::string digits(3 + random.below(6), ' ');
    for (char& digit : digits) digit = static_cast<char>('0' + random.below(10));
    add(source, digits);
    std::sort(digits.begin(), digits.end());
    add(target, digits);
  }
  folder.file(split + ".in", source);
  folder.file(split + ".out", target);
}

/// Runs a command; an Error if it fails.
inline CommandResult run_or_throw(const ScratchFolder& folder, const std::string& command) {
  CommandResult result = run(folder, command);
  ROTOR_CHECK(result.exit_code == 0, "expected 0 from {}, got {} and: {}", command, result.exit_code, result.err);
  return result;
}

/// The folder `corpus`, of 400 training and 40 validation pairs.
inline void make_digits_corpus(const ScratchFolder& folder) {
  write_digits(folder, "train", 400, 1);
  write_digits(folder, "valid", 40, 2);
  run_or_throw(folder,
               "rotor-preprocess --source-lang in --target-lang out --trainpref train --validpref valid "
               "--joined-dictionary --vocab-size 24 --destdir corpus");
}

}  // namespace rotor

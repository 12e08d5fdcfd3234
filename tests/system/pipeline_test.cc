// The five commands in a row, on a task small enough to be learned in seconds: copy a list of digits, or sort it.

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "base/random.h"
#include "system/command.h"

namespace rotor {
namespace {

/// Pairs "copy 3 1 2" -> "3 1 2" and "sort 3 1 2" -> "1 2 3", of 3 to 8 digits.
void write_task(const ScratchFolder& folder, const std::string& split, int64_t pairs, uint64_t seed) {
  std::ofstream source(folder / (split + ".in")), target(folder / (split + ".out"));
  Random random(seed);
  for (int64_t i = 0; i < pairs; ++i) {
    std::string digits(3 + random.below(6), ' ');
    for (char& digit : digits) digit = static_cast<char>('0' + random.below(10));
    const bool sorts = random.below(2) == 1;
    auto words = [](const std::string& letters) {
      std::string text;
      for (char letter : letters) text += std::string(" ") + letter;
      return text;
    };
    source << (sorts ? "sort" : "copy") << words(digits) << '\n';
    if (sorts) std::sort(digits.begin(), digits.end());
    target << words(digits).substr(1) << '\n';
  }
}

double bleu_of(const std::string& line) {
  const auto equals = line.find(" = ");
  return equals == std::string::npos ? -1 : std::stod(line.substr(equals + 3));
}

TEST(Pipeline, LearnsToCopyAndSortDigits) {
  const ScratchFolder folder;
  write_task(folder, "train", 6000, 1);
  write_task(folder, "valid", 200, 2);
  write_task(folder, "test", 200, 3);
  auto step = [&](const std::string& command) {
    const CommandResult result = run(folder, command);
    EXPECT_EQ(result.exit_code, 0) << command << "\n" << result.err;
    return result;
  };
  step(
      "rotor-preprocess --source-lang in --target-lang out --trainpref train --validpref valid --testpref test "
      "--joined-dictionary --vocab-size 36 --destdir corpus");
  step(
      "rotor-train corpus --arch transformer_tiny --encoder-layers 2 --decoder-layers 2 --encoder-embed-dim 64 "
      "--decoder-embed-dim 64 --encoder-ffn-embed-dim 128 --decoder-ffn-embed-dim 128 --position-encoding rope "
      "--lr 0.003 --warmup-updates 200 --max-tokens 2000 --max-epoch 20 --threads 1 --save-dir run");
  step("rotor-average run --last 3 --output run/average.safetensors");
  step("rotor-generate run/average.safetensors --beam 4 --lenpen 1 --threads 1 < test.in > test.hypotheses");
  const CommandResult score = step("rotor-score --reference test.out --hypothesis test.hypotheses");
  EXPECT_GT(bleu_of(score.out), 90) << score.out;
  const CommandResult piped = step("rotor-score --reference test.out < test.hypotheses");
  EXPECT_EQ(piped.out, score.out);
}

}  // namespace
}  // namespace rotor

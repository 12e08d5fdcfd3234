#include "train/digests.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command.h"
#include "base/files.h"
#include "base/progress.h"
#include "model/encoder_decoder.h"
#include "model/tiny_model.h"

namespace rotor {
namespace {

TEST(Digests, OfConfigurationsDifferWithAnyOption) {
  const std::string model = tiny_options().to_config();
  const std::string digest = configuration_digest(model, {}, {});
  EXPECT_EQ(digest, configuration_digest(model, {}, {}));
  EXPECT_EQ(digest.size(), 16u);
  TransformerOptions other_model = tiny_options();
  other_model.dropout = 0.2;
  EXPECT_NE(digest, configuration_digest(other_model.to_config(), {}, {}));
  other_model = tiny_options();
  other_model.position.encoding = "rope";
  EXPECT_NE(digest, configuration_digest(other_model.to_config(), {}, {}));
  BatchOptions batches;
  batches.max_target_positions = 7;
  EXPECT_NE(digest, configuration_digest(model, batches, {}));
  OptimizationOptions optimization;
  optimization.schedule.lr *= 1 + 1e-15;
  EXPECT_NE(digest, configuration_digest(model, {}, optimization));
}

TEST(Digests, OfFilesAreThoseOfSha256sum) {
  const ScratchFolder folder;
  EXPECT_EQ(file_digest(folder.file("file", "abc")), sha256("abc").substr(0, 16));
}

TEST(Digests, OfFilesTakeLittleMemory) {
  constexpr int64_t kMegabytes = 64;
  const ScratchFolder folder;
  std::filesystem::resize_file(folder.file("file", ""), kMegabytes << 20);
  const Outcome outcome = run_as_command([&] {
    const int64_t before = peak_memory_mb();
    file_digest(folder / "file");
    const int64_t taken = peak_memory_mb() - before;
    ROTOR_CHECK(taken < kMegabytes / 2, "expected less than half of the file in memory, got {} MB", taken);
  });
  EXPECT_EQ(exit_code(outcome), 0) << outcome.err;
}

TEST(Digests, OfWeightsDifferWithOneBit) {
  EncoderDecoder model(tiny_options());
  model.initialise(1);
  ParameterBuffer parameters(model);
  const std::string digest = weights_digest(parameters);
  float& weight = parameters.values().data()[5];
  const float before = std::exchange(weight, std::nextafter(weight, 9.0f));
  EXPECT_NE(weights_digest(parameters), digest);
  weight = before;
  EXPECT_EQ(weights_digest(parameters), digest);
}

}  // namespace
}  // namespace rotor

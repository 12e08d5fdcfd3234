#include "data/completeness.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command.h"
#include "base/scratch.h"

namespace rotor {
namespace {

constexpr const char* kManifest = R"({"splits": {"train": {}, "valid": {}}})";

class Completeness : public testing::Test {
 protected:
  std::string refusal() const {
    return message_of<Error>([&] { check_complete(folder_.path()); });
  }

  ScratchFolder folder_;
};

TEST_F(Completeness, IsThatOfEverySplitInTheManifest) {
  folder_.file("manifest.json", kManifest);
  folder_.file("train.safetensors", "");
  EXPECT_TRUE(says(refusal(), "the split \"valid\"", "valid.safetensors is missing", "run rotor-preprocess again"));
  folder_.file("valid.safetensors", "");
  EXPECT_EQ(refusal(), "(nothing thrown)");
}

TEST_F(Completeness, IsNotThereWhileAFolderIsBeingFilled) {
  folder_.file("manifest.json", kManifest);
  folder_.file("train.safetensors", "");
  folder_.file("valid.safetensors", "");
  folder_.file("manifest.unfinished.json", kManifest);
  EXPECT_TRUE(says(refusal(), "has not finished", "run it again"));
}

TEST_F(Completeness, IsDoubtedWithoutAManifest) {
  const Outcome outcome = run_as_command([&] { check_complete(folder_.path()); });
  EXPECT_EQ(exit_code(outcome), 0) << "as folders of the first versions are";
  EXPECT_TRUE(says(outcome.err, "warning: ", "no manifest.json", "early version"));
}

TEST_F(Completeness, IsNotKnownFromADamagedManifest) {
  for (const char* text : {"{", "[]", "{\"splits\": 3}"}) {
    folder_.file("manifest.json", text);
    EXPECT_TRUE(says(refusal(), "manifest.json: expected a JSON object")) << text;
  }
}

}  // namespace
}  // namespace rotor

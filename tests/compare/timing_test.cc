#include "compare/timing.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "compare/compare.h"
#include "compare/compared.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;

TEST(TimeAgain, MeasuresOneRunOfEachEncodingAndKeepsItsLosses) {
  const ComparedFolder folder;
  const auto run = [&](const CompareOptions& options) {
    compare(Plan(options, ComparedFolder::training()), folder.commands());
  };
  run(folder.options("sinusoidal,rope", "1,2"));
  folder.calls();
  folder.scratch().file("speed", "300");
  CompareOptions options = folder.options("sinusoidal,rope", "1");
  options.time_again = 2;
  run(options);
  EXPECT_EQ(folder.calls(),
            "train sinusoidal\ngenerate\ntrain rope\ngenerate\ntrain sinusoidal\ngenerate\ntrain rope\ngenerate\n");
  EXPECT_TRUE(says(text_of(folder.output() / "cost.csv"), "rope,6,300,1.00,50,1.00,50,20\n"));
  EXPECT_TRUE(says(text_of(folder.output() / "learning_curves.csv"), "rope,2,20,2,0.067,4.00000,4.50000\n"));
  EXPECT_FALSE(fs::exists(folder.output() / "runs" / "rope" / "seed-1" / "timing"));
  for (const char* seed : {"seed-1", "seed-2"}) {
    fs::remove(folder.output() / "runs" / "rope" / seed / "model.safetensors");
  }
  folder.calls();
  options.encodings = "sinusoidal,t5";
  EXPECT_TRUE(says(message_of<Error>([&] { run(options); }), "the model of a run of rope", "where they were trained"));
  EXPECT_EQ(folder.calls(), "");
}

}  // namespace
}  // namespace rotor

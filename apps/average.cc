// rotor-average: checkpoints of one training run -> the model of their mean.
#include "model/average.h"

#include "base/check.h"
#include "base/command_line.h"
#include "base/log.h"
#include "base/run_app.h"
#include "model/model_file.h"
#include "train/newest_checkpoints.h"

namespace rotor {
namespace {

struct AverageOptions {
  std::vector<std::string> inputs;
  int64_t last = 0;
  std::string output, quantize = "none";
  bool no_verify = false;

  void describe(Options& options) {
    options.positional("inputs", inputs, "folder of checkpoints, with --last; or checkpoint files").by_name();
    options.group("Averaging");
    options
        .add("last", last,
             "average the N newest checkpoints of the folder: epoch checkpoints, or update checkpoints if there are "
             "fewer of epochs")
        .also("--num-epoch-checkpoints")
        .at_least(0)
        .common();
    options.add("output", output, "model file to write").common();
    options
        .add("quantize", quantize, "write the matrices in 16 or 8 bits, for translation: half or a quarter of the size",
             {"none", "bf16", "int8"})
        .common();
    options.add("no-verify", no_verify,
                "average files without checking their checksums, which takes about 0.6 s for each GB");
  }

  std::vector<std::filesystem::path> files() const {
    const bool folder = inputs.size() == 1 && (last > 0 || std::filesystem::is_directory(inputs[0]));
    if (output.empty()) throw UsageError("expected --output FILE");
    if (folder && last < 1) throw UsageError("expected --last N, 1 or more, with the folder " + inputs[0]);
    if (!folder && last != 0) throw UsageError("expected one folder with --last N, got files; leave out --last");
    if (folder) return newest_checkpoints_or_fail(inputs[0], last);
    return {inputs.begin(), inputs.end()};
  }
};

}  // namespace
}  // namespace rotor

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::AverageOptions average;
    rotor::CommandLine options("rotor-average",
                               "rotor-average run --last N --output FILE | rotor-average FILE... --output FILE",
                               "Averages the parameters of checkpoints of one training run.");
    options.example("rotor-average run --last 5 --output model.safetensors", "Averages the five newest checkpoints.");
    options.example("rotor-average run/checkpoint_best_*.safetensors --quantize int8 --output small.safetensors",
                    "Averages the given files, and writes their matrices in 8 bits.");
    average.describe(options);
    options.parse(argc, argv);
    const auto files = average.files();
    for (const auto& file : files) rotor::log::info("averaging {}", file.string());
    rotor::average_models(files, average.output, rotor::weight_type_named(average.quantize),
                          rotor::verification(average.no_verify));
  });
}

#include "compare/corpus_comparison.h"

#include <algorithm>

#include "base/files.h"
#include "evaluate/evaluate_options.h"

namespace rotor {

using Json = nlohmann::ordered_json;

CorpusComparison::CorpusComparison(const Plan& plan) : plan_(plan), split_(open(plan.options().gen_subset)) {}

Corpus CorpusComparison::open(const std::string& split) const {
  return open_split(options().corpus, split, read_vocabularies(options().corpus));
}

Json CorpusComparison::inputs() const {
  return {{"test", sha256_of_file(split_.path())}};
}

std::pair<std::string, Json> CorpusComparison::settings() const {
  return {"evaluation", {{"gen_subset", options().gen_subset}, {"average", options().average}}};
}

void CorpusComparison::evaluate(const PlannedRun& run, const std::string& stats, const std::vector<std::string>& more,
                                const RunCommands& commands) const {
  std::vector<std::string> arguments = {run.folder / "model.safetensors",
                                        "--corpus",
                                        options().corpus,
                                        "--gen-subset",
                                        options().gen_subset,
                                        "--threads",
                                        std::to_string(run.training.threads),
                                        "--format",
                                        "json",
                                        "--stats",
                                        run.folder / stats};
  for (const auto& others : {more, run.test_arguments}) arguments.insert(arguments.end(), others.begin(), others.end());
  commands.call(run, command(), arguments);
}

std::string CorpusComparison::max_tokens(int64_t longest) {
  return std::to_string(std::max(EvaluateOptions().max_tokens, longest));
}

}  // namespace rotor

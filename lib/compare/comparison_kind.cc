#include "compare/comparison_kind.h"

#include <algorithm>

#include "base/check.h"
#include "compare/language_model_comparison.h"
#include "compare/masked_lm_comparison.h"
#include "compare/prediction_comparison.h"
#include "compare/translation_comparison.h"
#include "train/newest_checkpoints.h"

namespace rotor {
namespace {

void fit_nothing(CompareOptions& /*options*/, TrainingOptions& /*training*/, const CommandLine& /*given*/) {}

constexpr ComparisonKindRow kKinds[] = {
    {kTranslation, fit_nothing, check_translation_comparison, make_translation_comparison},
    {kLanguageModeling, fit_nothing, check_language_model_comparison, make_language_model_comparison},
    {kMaskedLm, fit_nothing, check_masked_lm_comparison, make_masked_lm_comparison},
    {kSentencePrediction, fit_prediction_comparison, check_prediction_comparison, make_prediction_comparison},
    {kSentenceRanking, fit_prediction_comparison, check_prediction_comparison, make_prediction_comparison},
};

}  // namespace

std::vector<std::filesystem::path> ComparisonKind::checkpoints(const std::filesystem::path& folder,
                                                               const CompareOptions& options) const {
  return newest_checkpoints(folder, options.average);
}

const ComparisonKindRow& comparison_kind(const std::string& task) {
  const auto* row =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const auto& kind) { return kind.task == task; });
  ROTOR_CHECK(row != std::end(kKinds), "expected a corpus of a task whose models can be compared, got one of {}", task);
  return *row;
}

}  // namespace rotor

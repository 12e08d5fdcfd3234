#include "compare/comparison_kind.h"

#include <algorithm>

#include "base/check.h"
#include "compare/language_model_comparison.h"
#include "compare/masked_lm_comparison.h"
#include "compare/translation_comparison.h"

namespace rotor {
namespace {

constexpr ComparisonKindRow kKinds[] = {
    {kTranslation, check_translation_comparison, make_translation_comparison},
    {kLanguageModeling, check_language_model_comparison, make_language_model_comparison},
    {kMaskedLm, check_masked_lm_comparison, make_masked_lm_comparison},
};

}  // namespace

const ComparisonKindRow& comparison_kind(const std::string& task) {
  const auto* row =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const auto& kind) { return kind.task == task; });
  ROTOR_CHECK(row != std::end(kKinds), "expected a corpus of a task whose models can be compared, got one of {}", task);
  return *row;
}

}  // namespace rotor

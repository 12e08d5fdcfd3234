#include "model/architectures.h"

#include "text/task.h"

namespace rotor {
namespace {

constexpr Architecture kArchitectures[] = {
    {"transformer_tiny", kTranslation, 4, 128, 256, 4},
    {"transformer_iwslt", kTranslation, 6, 512, 1024, 4},
    {"transformer_base", kTranslation, 6, 512, 2048, 8},
    {"transformer_big", kTranslation, 6, 1024, 4096, 16},
    {"transformer_lm_tiny", kLanguageModeling, 4, 128, 512, 4},
    {"transformer_lm_small", kLanguageModeling, 6, 256, 1024, 4},
    {"transformer_lm", kLanguageModeling, 6, 512, 2048, 8},
    {"transformer_lm_gpt", kLanguageModeling, 12, 768, 3072, 12},
    {"bert_tiny", kMaskedLm, 2, 128, 512, 2},
    {"bert_mini", kMaskedLm, 4, 256, 1024, 4},
    {"bert_small", kMaskedLm, 4, 512, 2048, 8},
    {"bert_base", kMaskedLm, 12, 768, 3072, 12},
};

}  // namespace

bool Architecture::serves(const std::string& model_task) const {
  const bool is_encoder =
      model_task == kSentencePrediction || model_task == kSentenceRanking || model_task == kSentenceEncoding;
  return task == (is_encoder ? kMaskedLm : model_task);
}

std::span<const Architecture> architectures() {
  return kArchitectures;
}

std::vector<std::string> architecture_names() {
  std::vector<std::string> names;
  for (const Architecture& architecture : kArchitectures) names.emplace_back(architecture.name);
  return names;
}

}  // namespace rotor

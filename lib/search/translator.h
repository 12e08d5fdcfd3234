// Translator: the models that translate together, one or an ensemble, with their vocabularies.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/transformer.h"
#include "search/requests.h"
#include "search/step_model.h"

namespace rotor {

struct Translator {
  /// Reads model files, with colons between their paths, and fixes their weights in that type, or that of each
  /// file. An Error if a file is no model, or their vocabularies differ.
  Translator(const std::string& paths, std::optional<WeightType> type);

  /// What beam search asks: one for each thread that searches.
  std::unique_ptr<StepModel> steps() const;

  std::vector<std::unique_ptr<Transformer>> models;
  Vocabularies vocabularies;
};

}  // namespace rotor

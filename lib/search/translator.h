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
  /// file. `vocab_limit`, if it is not empty, is a file of the pieces that may be produced, one a line, beside </s>. An
  /// Error if a file is no model, their vocabularies differ, or a piece is not theirs.
  Translator(const std::string& paths, std::optional<WeightType> type, const std::string& vocab_limit = "");

  /// What beam search asks: one for each thread that searches.
  std::unique_ptr<StepModel> steps() const;

  /// The limits, lowered to the positions that every model has, where those are learned.
  LengthLimits within_tables(LengthLimits limits) const;

  std::vector<std::unique_ptr<Transformer>> models;
  Vocabularies vocabularies;
  std::vector<int32_t> words;  ///< that may be produced, in rising order; empty: all
};

}  // namespace rotor

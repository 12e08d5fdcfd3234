// Translator: the models that translate together, one or an ensemble, with their vocabularies.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/model_file.h"
#include "search/compute_options.h"
#include "search/requests.h"
#include "search/step_model.h"

namespace rotor {

struct Translator {
  /// Reads model files (see model_paths()), and prepacks their weights. A file that is damaged or no model,
  /// vocabularies that differ, and a piece of --vocab-limit that they lack are Errors.
  Translator(const std::string& paths, const ComputeOptions& options);

  /// A new StepModel for beam search; each thread that searches needs its own.
  std::unique_ptr<StepModel> steps() const;

  /// The limits, lowered to the positions that the encodings of every model serve.
  LengthLimits within_positions(LengthLimits limits) const;

  std::vector<std::unique_ptr<Transformer>> models;
  Vocabularies vocabularies;
  std::vector<int32_t> words;  ///< tokens that may be produced, in rising order; empty: all

 private:
  Translator(const std::vector<SafeTensors>& files, const ComputeOptions& options);
};

/// The paths of models in a text with colons between them. A name that holds colons itself is one path if there is such
/// a file: from left to right, each path is the longest that exists, or else ends at the next colon.
std::vector<std::string> model_paths(const std::string& text);

}  // namespace rotor

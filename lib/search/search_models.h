// SearchModels: the models that search together, one or an ensemble, with their vocabularies. They translate, or
// continue prompts.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/encoder_decoder.h"
#include "model/language_model.h"
#include "search/compute_options.h"
#include "search/requests.h"
#include "search/shortlist.h"
#include "search/step_model.h"

namespace rotor {

struct SearchModels {
  /// Reads model files (see model_paths()), and prepacks their weights. A file that is damaged or no model, tasks and
  /// vocabularies that differ, a piece of --vocab-limit that they lack, and a --shortlist that is not for them are
  /// Errors.
  SearchModels(const std::string& paths, const ComputeOptions& options);

  /// Whether these are language models, which continue prompts and have no source.
  bool continue_prompts() const { return !language_models.empty(); }

  /// A new StepModel for beam search; each thread that searches needs its own.
  std::unique_ptr<StepModel> steps() const;

  /// The limits, lowered to the positions that the encodings of every model serve. A language model has no source.
  LengthLimits within_positions(LengthLimits limits) const;

  std::vector<std::unique_ptr<EncoderDecoder>> translators;     ///< empty if these are language models
  std::vector<std::unique_ptr<LanguageModel>> language_models;  ///< empty if they are not
  Vocabularies vocabularies;
  std::vector<int32_t> words;          ///< tokens that may be produced, in rising order; empty: all
  std::optional<Shortlist> shortlist;  ///< of those for each source, if there is one

 private:
  SearchModels(const std::vector<SafeTensors>& files, const ComputeOptions& options);
};

/// The paths of models in a text with colons between them. A name that holds colons itself is one path if there is such
/// a file: from left to right, each path is the longest that exists, or else ends at the next colon.
std::vector<std::string> model_paths(const std::string& text);

}  // namespace rotor

// Evaluations: what rotor-evaluate measures of a model on a split of a corpus. Each task of a model is a row of one
// table.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "data/corpus_folder.h"
#include "evaluate/evaluate_options.h"
#include "format/safetensors.h"

namespace rotor {

struct EvaluationTask {
  const char* name;
  /// The scores of the model in the file on the corpus, by name in the order in which they are printed.
  nlohmann::ordered_json (*evaluate)(const EvaluateOptions& options, const SafeTensors& model, const Corpus& corpus);
};

const std::vector<EvaluationTask>& evaluation_tasks();

/// The scores of a model file: of language models and of the targets of translation models
///   loss                                bits a token,
///   ppl                                 2^loss,
///   bits_per_character, bits_per_byte   of the text, if the corpus knows its size and no sample was left out,
///   tokens                              the number of tokens, </s> counted, that were scored;
/// of masked language models loss, loss_nats, ppl, accuracy and the number of hidden tokens
/// (train/masked_lm_validator.h); of models of whole sentences the metrics that fit (train/prediction_validator.h), the
/// numbers of rows and of tokens. A corpus of another task or in another vocabulary, and samples longer than the model
/// serves, are an Error.
nlohmann::ordered_json evaluate(EvaluateOptions options, const SafeTensors& model);

/// The scores as one line: "loss 4.1234 | ppl 17.43 | tokens 1377".
std::string evaluation_text(const nlohmann::ordered_json& scores);

}  // namespace rotor

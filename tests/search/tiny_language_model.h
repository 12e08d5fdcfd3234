// A small language model file of random parameters, with the vocabulary of the golden of a model that fairseq trained.
#pragma once

#include "base/random.h"
#include "model/language_model.h"
#include "model/model_file.h"
#include "search/fairseq.h"

namespace rotor {

inline std::unique_ptr<LanguageModel> tiny_language_model(const std::string& encoding = "rope") {
  TransformerOptions options;
  options.task = kLanguageModeling;
  options.arch = "transformer_lm_tiny";
  options.decoder.layers = 2;
  options.decoder.embed_dim = 16;
  options.decoder.ffn_embed_dim = 24;
  options.decoder.attention_heads = 2;
  options.position.encoding = encoding;
  options.position.max_positions = 40;
  options.target_vocabulary = 100;
  options.dropout = 0;
  auto model = std::make_unique<LanguageModel>(options);
  model->initialise(1);
  Random random(2);  // so that it is surer of what comes next than a new model
  for (const NamedParameter& parameter : model->parameters()) {
    for (float& x : parameter.variable.value().span()) x += static_cast<float>(0.3 * random.normal());
  }
  return model;
}

inline void write_language_model(const std::filesystem::path& path, const std::string& encoding = "rope") {
  const auto model = tiny_language_model(encoding);
  const VocabularyBytes vocabulary = read_vocabulary(SafeTensors(fairseq_model_path()));
  SafeTensorsWriter writer;
  add_model(writer, *model, vocabulary);
  writer.write(path);
}

}  // namespace rotor

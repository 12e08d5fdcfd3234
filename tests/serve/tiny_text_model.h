// Small models that are an encoder, of random parameters, with the vocabulary of the golden of a model that fairseq
// trained.
#pragma once

#include "model/model_file.h"
#include "search/fairseq.h"

namespace rotor {

/// BERT's forms in two layers of width 16 with 2 heads; of the task sentence_prediction it is a classifier of the
/// labels, or without any a regressor.
inline TransformerOptions tiny_text_options(const std::string& task, std::vector<std::string> labels = {}) {
  TransformerOptions options;
  options.task = task;
  options.apply_architecture("bert_tiny");
  options.encoder.embed_dim = 16;
  options.encoder.ffn_embed_dim = 24;
  options.encoder.attention_heads = 2;
  options.position.max_positions = 40;
  options.source_vocabulary = options.target_vocabulary = 100;
  options.initial_deviation = 0.3;  // so that texts make a difference
  options.head.labels = std::move(labels);
  return options;
}

inline void write_text_model(const std::filesystem::path& path, const TransformerOptions& options) {
  const auto model = make_model(options);
  model->initialise(1);
  const VocabularyBytes vocabulary = read_vocabulary(SafeTensors(fairseq_model_path()));
  SafeTensorsWriter writer;
  add_model(writer, *model, vocabulary);
  writer.write(path);
}

}  // namespace rotor

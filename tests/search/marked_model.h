// A small translation model file of random parameters, whose vocabulary knows German and English by tokens.
#pragma once

#include "data/many_languages.h"
#include "model/tiny_model.h"

namespace rotor {

inline void write_marked_model(const std::filesystem::path& path) {
  const Vocabularies vocabularies = knowing({"de", "en"});
  TransformerOptions options = tiny_options();
  options.source_vocabulary = options.target_vocabulary = vocabularies.source.size();
  const auto model = make_model(options);
  model->initialise(1);
  const VocabularyBytes bytes{vocabularies.source.bytes(), vocabularies.target.bytes()};
  SafeTensorsWriter writer;
  add_model(writer, *model, bytes);
  writer.write(path);
}

}  // namespace rotor

// Options of rotor-preprocess that are complete, for each kind of text.
#pragma once

#include "data/preprocess_options.h"

namespace rotor {

inline PreprocessOptions options_of_pairs() {
  PreprocessOptions options;
  options.source_lang = "en";
  options.target_lang = "de";
  options.trainpref = "train";
  return options;
}

inline PreprocessOptions options_of_text() {
  PreprocessOptions options;
  options.task = kLanguageModeling;
  options.trainpref = "train.txt";
  return options;
}

inline PreprocessOptions options_of_table() {
  PreprocessOptions options;
  options.task = kSentencePrediction;
  options.trainpref = "train.tsv";
  options.tables.text_columns = "a,b";
  options.tables.label_column = "c";
  return options;
}

}  // namespace rotor

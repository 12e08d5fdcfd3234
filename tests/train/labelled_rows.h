// A small classifier, and a corpus of labelled rows of one text, for tests of what is predicted of them.
#pragma once

#include "base/scratch.h"
#include "data/corpora.h"
#include "model/classifier.h"
#include "model/tiny_model.h"

namespace rotor {

inline TransformerOptions classifier_options(std::vector<std::string> labels) {
  TransformerOptions options = tiny_options();
  options.task = kSentencePrediction;
  options.apply_architecture("bert_tiny");
  options.encoder = tiny_options().encoder;
  options.dropout = options.attention.dropout = 0;
  options.initial_deviation = 0.5;  // so that rows differ
  options.tokens.mask = 4;
  options.head.labels = std::move(labels);
  return options;
}

/// Rows of 2 to 8 tokens, whose labels are 0 and 1 in turn.
inline Corpus labelled_rows(const std::filesystem::path& path, int64_t count, const std::vector<std::string>& classes) {
  SpecialTokens specials;
  specials.mask = 4;
  const CorpusTask& task = corpus_task(kSentencePrediction);
  CorpusWriter writer(path, task, {{task.column_names(1).front(), "en", "abc", 30, specials}});
  Random random(1);
  for (int64_t i = 0; i < count; ++i) {
    Ids ids;
    for (uint64_t t = 0, length = 2 + random.below(7); t < length; ++t) {
      ids.push_back(static_cast<int32_t>(5 + random.below(25)));
    }
    writer.add({ids});
    writer.label(static_cast<float>(i % 2));
  }
  if (!classes.empty()) writer.name_classes(R"(["no","yes"])");
  writer.finish();
  return Corpus(path);
}

}  // namespace rotor

#include "train/objectives.h"

#include "train/translation_objective.h"

namespace rotor {
namespace {

std::unique_ptr<Objective> translation(const ObjectiveRequest& request) {
  auto& [options, given, corpus, validates] = request;
  const Vocabularies vocabularies = read_vocabularies(corpus);
  std::optional<Corpus> valid;
  if (validates) valid.emplace(open_split(corpus, "valid", vocabularies));
  const Corpus train = open_split(corpus, "train", vocabularies);
  options.fit(vocabularies, given);
  options.model.check();
  options.check_memory(options.model.least_parameters());
  return std::make_unique<TranslationObjective>(
      options.trainer, std::make_unique<Transformer>(options.model),
      VocabularyBytes{vocabularies.source.bytes(), vocabularies.target.bytes()},
      Languages{.source = train.column("source").info().language, .target = train.column("target").info().language},
      std::move(valid));
}

}  // namespace

const std::vector<Task>& tasks() {
  static const std::vector<Task> kTasks = {{"translation", translation}};
  return kTasks;
}

std::unique_ptr<Objective> make_objective(const ObjectiveRequest& request) {
  return tasks().front().make_objective(request);
}

}  // namespace rotor

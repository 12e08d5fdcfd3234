// The table of tasks: a corpus is of one of them, and each has defaults of its own and makes its objective from the
// options of a training and the corpus.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "train/objective.h"
#include "train/training_options.h"

namespace rotor {

/// The options and the corpus from which an objective is made.
struct ObjectiveRequest {
  TrainingOptions& options;      ///< takes the sizes of the vocabularies
  const CommandLine& given;      ///< tells which of them were given
  std::filesystem::path corpus;  ///< folder of the vocabularies and of the validation samples
  bool validates = true;         ///< whether the corpus has validation samples, and they are wanted
};

struct Task {
  const char* name;
  /// Sets the options that the task has other defaults for, before those given are applied.
  void (*set_defaults)(TrainingOptions& options);
  /// Takes the sizes of the vocabularies, the special tokens of the one that the model predicts, and what follows from
  /// them and from the options given. Vocabularies that pad with different ids are an Error.
  void (*fit)(TrainingOptions& options, const Vocabularies& vocabularies, const CommandLine& given);
  /// The objective, with a model whose parameters are not initialised. A corpus that cannot be used is an Error,
  /// options that do not fit it a UsageError; a model beyond the memory there is is an Error before it takes any.
  std::unique_ptr<Objective> (*make_objective)(const ObjectiveRequest& request);
};

const std::vector<Task>& tasks();
/// The task of that name; one that cannot be trained is an Error that names `origin`.
const Task& task_named(const std::string& name, const std::string& origin);

/// The task of a corpus folder, by its training split. A folder without one is taken to be for translation: what it
/// lacks is told by who opens it.
const Task& task_of(const std::filesystem::path& corpus);

}  // namespace rotor

#include "text/task.h"

#include <algorithm>

#include "base/check.h"

namespace rotor {

const std::vector<CorpusTask>& corpus_tasks() {
  static const std::vector<CorpusTask> tasks = {
      {.name = kTranslation, .columns = {"source", "target"}, .rows = "pairs"},
      {.name = kLanguageModeling, .columns = {"text"}, .rows = "lines", .documents = true},
      {.name = kMaskedLm, .columns = {"text"}, .rows = "lines", .documents = true},
      {.name = kSentencePrediction, .columns = {"text"}, .rows = "rows", .more = "text", .most_columns = 2},
      {.name = kSentenceRanking, .columns = {"context", "candidate"}, .rows = "rows", .more = "candidate"},
  };
  return tasks;
}

std::vector<std::string> CorpusTask::column_names(int64_t count) const {
  std::vector<std::string> names = columns;
  for (int64_t i = 2; std::ssize(names) < count; ++i) names.push_back(more + std::to_string(i));
  return names;
}

const CorpusTask& corpus_task(const std::string& name) {
  const std::vector<CorpusTask>& tasks = corpus_tasks();
  const auto found = std::find_if(tasks.begin(), tasks.end(), [&](const CorpusTask& t) { return t.name == name; });
  if (found != tasks.end()) return *found;
  std::vector<std::string> names;
  for (const CorpusTask& task : tasks) names.push_back(task.name);
  fail("unknown task '{}'; choose one of: {}", name, fmt::join(names, ", "));
}

}  // namespace rotor

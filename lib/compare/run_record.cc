#include "compare/run_record.h"

#include <istream>
#include <iterator>

#include "base/check.h"
#include "base/compressed.h"
#include "base/excerpt.h"
#include "base/files.h"
#include "compare/start_models.h"
#include "train/objectives.h"

namespace rotor {

using Json = nlohmann::ordered_json;

namespace {

/// Options that do not change a run's result, or that the comparison sets.
constexpr const char* kLeftOut[] = {"threads", "save_dir",  "log_interval",       "seed",
                                    "no_save", "no_verify", "finetune_from_model"};

Json training_json(TrainingOptions training) {
  Options options;
  training.describe(options);
  Json json = options.to_json();
  for (const char* key : kLeftOut) json.erase(key);
  return json;
}

/// An older record's training with its task's defaults of options that have come since.
Json completed(const Json& record, const std::string& origin) {
  TrainingOptions read;
  task_named(record.value("task", kTranslation), origin).set_defaults(read);
  Options options;
  read.describe(options);
  options.from_json(record["training"], origin);
  return training_json(read);
}

/// An older record's settings without the one that only said which tests there are.
Json without_tests(Json settings) {
  settings.erase("extrapolate");
  return settings;
}

std::string shown(const Json& object, const std::string& key) {
  return object.contains(key) ? object[key].dump() : "absent";
}

std::string difference_of_objects(const Json& before, const Json& now) {
  for (const Json& object : {now, before}) {
    for (const auto& [key, value] : object.items()) {
      const std::string then = shown(before, key), today = shown(now, key);
      if (then != today) return fmt::format("{} was {} and is {} now", key, then, today);
    }
  }
  return "";
}

}  // namespace

Json input_sums(const CompareOptions& options, const ComparisonKind& kind) {
  const Vocabularies vocabularies = read_vocabularies(options.corpus);
  Json sums = {{"train", sha256_of_file(split_path(options.corpus, "train"))},
               {"valid", sha256_of_file(split_path(options.corpus, "valid"))},
               {"source_vocabulary", vocabularies.source.sha256()},
               {"target_vocabulary", vocabularies.target.sha256()}};
  sums.update(kind.inputs());
  return sums;
}

Json run_record(const PlannedRun& run, const ComparisonKind& kind, const Json& inputs) {
  auto [name, settings] = kind.settings();
  if (!run.rates.empty()) settings["learning_rates"] = run.rates;
  Json all = inputs;
  if (const std::string& start = run.training.trainer.checkpoints.finetune_from_model; !start.empty()) {
    all["finetune_from_model"] = start_digest(start);
  }
  return {{"label", run.label},
          {"seed", run.seed},
          {"task", run.training.model.task},
          {"training", training_json(run.training)},
          {name, settings},
          {"inputs", all}};
}

std::string first_difference(const Json& before, const Json& now, const std::string& origin) {
  for (const auto& [part, values] : now.items()) {
    if (!values.is_object()) continue;
    ROTOR_CHECK(before.contains(part) && before[part].is_object(),
                "{}: expected a JSON object as {}; remove the run's folder", origin, part);
    const Json then = part == "training" ? completed(before, origin) : without_tests(before[part]);
    if (std::string difference = difference_of_objects(then, values); !difference.empty()) return difference;
  }
  Json names_before = {{"label", before.value("label", "")}, {"seed", before.value("seed", int64_t{-1})}};
  return difference_of_objects(names_before, {{"label", now["label"]}, {"seed", now["seed"]}});
}

Json read_json(const std::filesystem::path& path) {
  const std::string text(std::istreambuf_iterator<char>(*open_text(path)), {});
  Json json = parse_json(text);
  ROTOR_CHECK(json.is_object(), "{}: expected a JSON object; remove the run's folder to repeat the run", path.string());
  return json;
}

Json read_record(const std::filesystem::path& path) {
  Json record = read_json(path);
  const auto check = [&](const char* key, const char* kind, bool good) {
    ROTOR_CHECK(good, "{}: expected {} as '{}', got {}; remove the run's folder to repeat the run", path.string(), kind,
                key, excerpt(shown(record, key)));
  };
  const auto is_text = [&](const char* key) { return record[key].is_string(); };
  check("label", "a text", record.contains("label") && is_text("label"));
  check("seed", "a whole number", record.contains("seed") && record["seed"].is_number_integer());
  check("task", "a text", !record.contains("task") || is_text("task"));
  return record;
}

void write_json(const std::filesystem::path& path, const Json& json) {
  write_atomically(path, [&](std::ostream& out) { out << json.dump(1) << '\n'; });
}

std::string text_sum(const std::filesystem::path& path) {
  LineReader reader(path);
  std::string text;
  for (std::string line; reader.next(line);) text += line + '\n';
  return sha256(text);
}

}  // namespace rotor

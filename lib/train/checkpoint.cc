#include "train/checkpoint.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/log.h"
#include "model/position_choices.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

/// The options in which two configurations differ: "dropout 0.1 and 0.3, arch …".
std::string differences(const Json& stored, const Json& wanted) {
  std::string text;
  for (const auto& [key, value] : wanted.items()) {
    const Json other = stored.contains(key) ? stored[key] : Json();
    if (other != value)
      text += fmt::format("{}{} {} and {}", text.empty() ? "" : ", ", key, other.dump(), value.dump());
  }
  return text;
}

/// Prefix of the names of the weights if the model is their average.
const std::string kWeights = "optimizer.weights.";

/// Prefix of the names of the best scores in the trainer's state.
const std::string kBest = "best_";

/// Options that leave the parameters' meaning alone.
constexpr const char* kOfTrainingAlone[] = {"arch",
                                            "dropout",
                                            "attention_dropout",
                                            "activation_dropout",
                                            "encoder_layerdrop",
                                            "decoder_layerdrop",
                                            "encoder_word_dropout",
                                            "decoder_word_dropout"};

/// How much of a configuration must be the same.
enum class Sameness {
  kRun,     ///< all of it
  kModel,   ///< all that the parameters mean
  kWeights  ///< all but the positions too
};

Json compared(const std::string& config, Sameness sameness) {
  Json object = parse_json(config);
  if (sameness == Sameness::kRun || !object.is_object()) return object;  // a damaged one differs
  for (const char* key : kOfTrainingAlone) object.erase(key);
  if (sameness == Sameness::kModel) return object;
  for (const std::string& key : position_keys()) object.erase(key);
  return object;
}

/// Refuses a file of this configuration if that is another model's.
void check_same_model(const SafeTensors& file, const std::string& config, const Training& training, Sameness sameness) {
  const bool same_run = sameness == Sameness::kRun;
  const Json stored = compared(config, sameness);
  const Json wanted = compared(training.objective.config(), sameness);
  ROTOR_CHECK(stored == wanted, "{} was trained with other options than given now ({}); give the same{}",
              file.path().string(), differences(stored, wanted), same_run ? ", or another --save-dir" : "");
  ROTOR_CHECK(training.objective.has_same_vocabulary(file),
              "{} was trained with another vocabulary than the corpus has; {}", file.path().string(),
              same_run ? "give its corpus, or another --save-dir"
                       : "preprocess the corpus with that vocabulary, as --srcdict and --tgtdict");
}

/// "a, b", or "none".
std::string listed(const std::vector<std::string>& names) {
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

/// Reads the parameters of a model whose positions may be others: all that fit, and says which do not.
void read_start(const SafeTensors& file, const Training& training) {
  Objective& objective = training.objective;
  const Json stored = compared(objective.config_to_start(file), Sameness::kModel);
  const Json wanted = compared(objective.config(), Sameness::kModel);
  if (stored == wanted) return objective.start_from(file);
  const std::string anew = objective.anew(file);
  const std::vector<std::string> fresh = read_known_parameters(file, objective.module(), anew);
  const bool whole = anew.empty() && wanted["task"] == read_model_options(file).task;
  std::set<std::string> known;
  for (const NamedParameter& parameter : training.objective.module().parameters()) known.insert(parameter.name);
  for (const std::string& name : fresh) {
    ROTOR_CHECK(!whole || is_position_parameter(name), "{}: expected the parameter {}, which is missing",
                file.path().string(), name);
  }
  std::vector<std::string> left;
  for (const auto& [name, tensor] : file.tensors()) {
    if (is_position_parameter(name) && is_model_tensor(name) && !known.contains(name)) left.push_back(name);
  }
  log::info(
      "{} has other positions ({}): its parameters are taken, but of those of positions {} start anew, and {} are "
      "left out",
      file.path().string(), differences(stored, wanted), listed(fresh), listed(left));
}

void check_has_state(const SafeTensors& file, const char* else_do) {
  ROTOR_CHECK(file.metadata().contains("trainer"),
              "{}: expected a checkpoint with the optimiser's state, got a model only; {}", file.path().string(),
              else_do);
}

/// The parameters have been trained on the file's samples too.
void add_length(const SafeTensors& file, const Training& training) {
  training.trained_length = std::max(training.trained_length, read_trained_length(file));
}

/// Reads the weights of training, and their averages if there are any.
void read_weights(const SafeTensors& file, const Training& training) {
  add_length(file, training);
  training.objective.read_parameters(file);
  const auto& parameters = training.parameters.parameters();
  const bool averaged = std::any_of(parameters.begin(), parameters.end(), [&](const NamedParameter& parameter) {
    return file.contains(kWeights + parameter.name);
  });
  ROTOR_CHECK(
      training.ema || !averaged,
      "{} holds averages of the weights: give --ema-decay, or start another run from them by --finetune-from-model",
      file.path().string());
  if (training.ema) training.ema->begin();
  for (size_t i = 0; averaged && i < parameters.size(); ++i) {
    const std::string weights = kWeights + parameters[i].name;
    ROTOR_CHECK(
        file.contains(weights),
        "{}: holds averages of the weights, but none of {}, which was frozen then; give --freeze as then, or start "
        "another run from them by --finetune-from-model",
        file.path().string(), parameters[i].name);
    training.parameters.part(training.parameters.values(), i).copy_from(file.tensor(weights));
  }
}

void read_moments(const SafeTensors& file, const Training& training) {
  const auto& parameters = training.parameters.parameters();
  for (size_t i = 0; i < parameters.size(); ++i) {
    const std::string &name = parameters[i].name, first = "optimizer.first_moment." + name;
    ROTOR_CHECK(
        file.contains(first),
        "{}: has no optimiser's state of {}, which was frozen then; give --freeze as then, or start another run from "
        "it by --restore-file and --reset-optimizer",
        file.path().string(), name);
    training.parameters.part(training.adam.first_moments(), i).copy_from(file.tensor(first));
    training.parameters.part(training.adam.second_moments(), i)
        .copy_from(file.tensor("optimizer.second_moment." + name));
  }
}

/// The progress of a run without the parts that are reset.
TrainerState without(TrainerState state, const Resets& resets) {
  const TrainerState fresh;
  if (resets.optimizer) state.updates = state.schedule_begin = 0;
  if (resets.lr_scheduler) state.schedule_begin = state.updates;
  if (resets.optimizer || resets.meters) {
    state.best.forget();
    state.validations_without_gain = state.bad_updates = 0;
  }
  if (resets.dataloader) {
    state.epoch = fresh.epoch;
    state.next_batch = fresh.next_batch;
    state.epoch_samples = fresh.epoch_samples;
  }
  if (resets.optimizer || resets.lr_scheduler || resets.dataloader) state.begin_here();
  return state;
}

}  // namespace

void TrainerState::begin_here() {
  begin_updates = updates;
  begin_epoch = epoch;
  begin_batch = next_batch;
}

std::string TrainerState::to_json() const {
  Json object{{"updates", updates}, {"epoch", epoch}, {"next_batch", next_batch}};
  for (const auto& [metric, score] : best.all()) object[kBest + metric] = score ? Json(*score) : Json();
  object["validations_without_gain"] = validations_without_gain;
  object["schedule_begin"] = schedule_begin;
  object["begin_updates"] = begin_updates;
  object["begin_epoch"] = begin_epoch;
  object["begin_batch"] = begin_batch;
  object["epoch_batches"] = epoch_batches;
  object["update_batches"] = update_batches;
  object["bad_updates"] = bad_updates;
  object["epoch_pairs"] = epoch_samples;
  object["cut"] = cut;
  return object.dump();
}

TrainerState TrainerState::from_json(const std::string& text, const std::string& origin) {
  const Json object = parse_json(text);
  auto count = [&](const char* key) {
    ROTOR_CHECK(object.is_object() && object.contains(key) && object[key].is_number_integer() && object[key] >= 0,
                "{}: expected '{}' as a whole number in the trainer's state; the checkpoint is damaged", origin, key);
    return object[key].get<int64_t>();
  };
  TrainerState state;
  state.updates = count("updates");
  state.epoch = count("epoch");
  state.next_batch = count("next_batch");
  state.validations_without_gain = count("validations_without_gain");
  for (auto [key, value] : {std::pair{"schedule_begin", &state.schedule_begin},
                            {"begin_updates", &state.begin_updates},
                            {"begin_epoch", &state.begin_epoch},
                            {"begin_batch", &state.begin_batch},
                            {"epoch_batches", &state.epoch_batches},
                            {"update_batches", &state.update_batches},
                            {"bad_updates", &state.bad_updates},
                            {"epoch_pairs", &state.epoch_samples},
                            {"cut", &state.cut}}) {
    if (object.contains(key)) *value = count(key);  // not in the first checkpoints
  }
  for (const auto& [key, value] : object.items()) {
    if (!key.starts_with(kBest)) continue;
    state.best.set(key.substr(kBest.size()), value.is_number() ? std::optional(value.get<double>()) : std::nullopt);
  }
  return state;
}

void save_checkpoint(const Training& training, const std::filesystem::path& path) {
  const Ema::Swapped averaged(training.ema);
  SafeTensorsWriter writer;
  training.objective.save(writer);
  add_trained_length(writer, training.trained_length);
  const auto& parameters = training.parameters.parameters();
  for (size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = parameters[i].name;
    writer.add("optimizer.first_moment." + name, training.parameters.part(training.adam.first_moments(), i));
    writer.add("optimizer.second_moment." + name, training.parameters.part(training.adam.second_moments(), i));
    if (training.ema) writer.add(kWeights + name, training.parameters.part(training.ema->shadow(), i));
  }
  writer.set("trainer", training.state.to_json());
  writer.write(path);
}

void load_checkpoint(const std::filesystem::path& path, const Training& training, Verification verification) {
  const SafeTensors file = open_model(path, verification);
  check_same_model(file, training.objective.config_of(file), training, Sameness::kRun);
  check_has_state(file, "give another --save-dir");
  read_weights(file, training);
  read_moments(file, training);
  training.state = TrainerState::from_json(file.metadata("trainer"), path.string());
  training.adam.set_steps(training.state.updates);
}

std::optional<TrainerState> state_of(const std::filesystem::path& path) {
  try {
    return TrainerState::from_json(SafeTensors(path).metadata("trainer"), path.string());
  } catch (const Error&) {
    return std::nullopt;
  }
}

void restore_checkpoint(const std::filesystem::path& path, const Training& training, const Resets& resets,
                        Verification verification) {
  const SafeTensors file = open_model(path, verification);
  check_same_model(file, training.objective.config_of(file), training, Sameness::kModel);
  check_has_state(file, "give it as --finetune-from-model");
  read_weights(file, training);
  if (!resets.optimizer) read_moments(file, training);
  training.state = without(TrainerState::from_json(file.metadata("trainer"), path.string()), resets);
  training.adam.set_steps(training.state.updates);
}

void load_parameters(const std::filesystem::path& path, const Training& training, Verification verification) {
  const SafeTensors file = open_model(path, verification);
  check_same_model(file, training.objective.config_to_start(file), training, Sameness::kWeights);
  read_start(file, training);
  add_length(file, training);
  if (training.ema) training.ema->begin();
}

}  // namespace rotor

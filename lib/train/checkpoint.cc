#include "train/checkpoint.h"

#include <cmath>
#include <nlohmann/json.hpp>

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

void check_same_model(const SafeTensors& file, const Training& training) {
  const Json stored = Json::parse(read_model_options(file).to_config());
  const Json wanted = Json::parse(training.model.options().to_config());
  CHECK(stored == wanted, "{} was trained with other options than given now ({}); give the same, or another --save-dir",
        file.path().string(), differences(stored, wanted));
  const VocabularyBytes vocabulary = read_vocabulary(file);
  CHECK(vocabulary.source == training.vocabulary.source && vocabulary.target == training.vocabulary.target,
        "{} was trained with another vocabulary than the corpus has; give its corpus, or another --save-dir",
        file.path().string());
}

}  // namespace

std::string TrainerState::to_json() const {
  Json object{{"updates", updates}, {"epoch", epoch}, {"next_batch", next_batch}};
  object["best_loss"] = std::isfinite(best_loss) ? Json(best_loss) : Json();
  object["validations_without_gain"] = validations_without_gain;
  object["bad_updates"] = bad_updates;
  return object.dump();
}

TrainerState TrainerState::from_json(const std::string& text, const std::string& origin) {
  const Json object = Json::parse(text, nullptr, false);
  auto count = [&](const char* key) {
    CHECK(object.is_object() && object.contains(key) && object[key].is_number_integer() && object[key] >= 0,
          "{}: expected '{}' as a whole number in the trainer's state; the checkpoint is damaged", origin, key);
    return object[key].get<int64_t>();
  };
  TrainerState state;
  state.updates = count("updates");
  state.epoch = count("epoch");
  state.next_batch = count("next_batch");
  state.validations_without_gain = count("validations_without_gain");
  if (object.contains("bad_updates")) state.bad_updates = count("bad_updates");  // not in the first checkpoints
  if (object.contains("best_loss") && object["best_loss"].is_number()) state.best_loss = object["best_loss"];
  return state;
}

void save_checkpoint(const Training& training, const std::filesystem::path& path) {
  SafeTensorsWriter writer;
  add_model(writer, training.model, training.vocabulary);
  const auto& parameters = training.parameters.parameters();
  for (size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = parameters[i].name;
    writer.add("optimizer.first_moment." + name, training.parameters.part(training.adam.first_moments(), i));
    writer.add("optimizer.second_moment." + name, training.parameters.part(training.adam.second_moments(), i));
  }
  writer.set("trainer", training.state.to_json());
  writer.write(path);
}

void load_checkpoint(const std::filesystem::path& path, const Training& training) {
  const SafeTensors file(path);
  check_same_model(file, training);
  CHECK(file.metadata().contains("trainer"),
        "{}: expected a checkpoint with the optimiser's state, got a model only; give another --save-dir",
        path.string());
  read_parameters(file, training.model);
  const auto& parameters = training.parameters.parameters();
  for (size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = parameters[i].name;
    training.parameters.part(training.adam.first_moments(), i).copy_from(file.tensor("optimizer.first_moment." + name));
    training.parameters.part(training.adam.second_moments(), i)
        .copy_from(file.tensor("optimizer.second_moment." + name));
  }
  training.state = TrainerState::from_json(file.metadata("trainer"), path.string());
  training.adam.set_steps(training.state.updates);
}

}  // namespace rotor

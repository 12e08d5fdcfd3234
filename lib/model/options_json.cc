// The options of a model as the `config` of its file.
#include <fmt/ranges.h>

#include <algorithm>

#include "base/json.h"
#include "base/option_text.h"
#include "model/options.h"

namespace rotor {
namespace {

/// The ids of the special tokens as a JSON object, to be written or to be read.
struct TokensInConfig {
  const char* name;
  int32_t SpecialTokens::*id;
};
constexpr TokensInConfig kTokens[] = {
    {"bos", &SpecialTokens::bos}, {"pad", &SpecialTokens::pad},   {"eos", &SpecialTokens::eos},
    {"unk", &SpecialTokens::unk}, {"mask", &SpecialTokens::mask}, {"start", &SpecialTokens::start},
};

}  // namespace

std::string TransformerOptions::to_config() const {
  TransformerOptions copy = *this;
  Options options;
  copy.describe(options);
  nlohmann::ordered_json config = options.to_json();
  config["task"] = task;
  config["source_vocabulary"] = source_vocabulary;
  config["target_vocabulary"] = target_vocabulary;
  if (has_head()) config["labels"] = head.labels;
  for (const auto& [name, id] : kTokens) config["special_tokens"][name] = tokens.*id;
  return config.dump();
}

namespace {

using Json = nlohmann::ordered_json;

/// Takes a whole number out of a config, if it is there.
template <typename Integer>
void take(Json& config, const char* key, int64_t least, int64_t most, const std::string& origin, Integer& target) {
  if (!config.contains(key)) return;
  const Json& value = config[key];
  ROTOR_CHECK(value.is_number_integer(), "{}: expected a whole number as {}", origin, key);
  const auto number = value.get<double>();  // which holds any whole number of JSON nearly enough
  ROTOR_CHECK(number >= static_cast<double>(least), "{}: expected {} of at least {}, got {}", origin, key, least,
              value.dump());
  ROTOR_CHECK(number <= static_cast<double>(most), "{}: expected {} of at most {}, got {}", origin, key, most,
              value.dump());
  value.get_to(target);
  config.erase(key);
}

/// The task of a config, which is taken out of it.
std::string take_task(Json& config, const std::string& origin) {
  if (!config.contains("task")) return kTranslation;  // models of former versions
  const std::string task = config["task"].is_string() ? config["task"].get<std::string>() : config["task"].dump();
  const std::string known[] = {kTranslation,        kLanguageModeling, kMaskedLm,
                               kSentencePrediction, kSentenceRanking,  kSentenceEncoding};
  ROTOR_CHECK(std::find(std::begin(known), std::end(known), task) != std::end(known),
              "{}: expected a model of one of the tasks {}, got {}; use a newer Rotor", origin, fmt::join(known, ", "),
              task);
  config.erase("task");
  return task;
}

std::vector<std::string> take_labels(Json& config, const std::string& origin) {
  std::vector<std::string> labels;
  if (!config.contains("labels")) return labels;
  ROTOR_CHECK(config["labels"].is_array(), "{}: expected labels as a JSON array, got {:.60}", origin,
              config["labels"].dump());
  for (const Json& label : config["labels"]) {
    ROTOR_CHECK(label.is_string(), "{}: expected labels that are texts, got {:.60}", origin, label.dump());
    labels.push_back(label.get<std::string>());
  }
  config.erase("labels");
  return labels;
}

}  // namespace

TransformerOptions TransformerOptions::from_config(const std::string& text, const std::string& origin) {
  Json config = parse_json(text);
  ROTOR_CHECK(config.is_object(), "{}: expected the model's config as a JSON object, got {:.60}", origin, text);
  TransformerOptions result;
  result.task = take_task(config, origin);
  take(config, "source_vocabulary", 0, kMost, origin, result.source_vocabulary);
  take(config, "target_vocabulary", 0, kMost, origin, result.target_vocabulary);
  result.head.labels = take_labels(config, origin);
  if (config.contains("special_tokens")) {
    Json tokens = config["special_tokens"];
    ROTOR_CHECK(tokens.is_object(), "{}: expected special_tokens as a JSON object, got {:.60}", origin, tokens.dump());
    const int64_t last = result.target_vocabulary - 1;  // they are those of the vocabulary that is predicted
    for (const auto& [name, id] : kTokens) take(tokens, name, -1, last, origin, result.tokens.*id);
    ROTOR_CHECK(tokens.empty(), "{}: unknown special tokens {:.60}", origin, tokens.dump());
    config.erase("special_tokens");
  }
  Options options;
  result.describe(options);
  options.from_json(config, origin);
  try {
    result.check();
  } catch (const UsageError& error) {  // nobody gave these options now: the file is wrong
    fail("{}: {}", origin, error.what());
  }
  return result;
}

}  // namespace rotor

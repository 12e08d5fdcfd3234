#include "compare/run_result.h"

#include <cmath>
#include <fstream>

#include "base/check.h"
#include "base/json.h"
#include "base/threads.h"
#include "model/average.h"
#include "page/statistics.h"
#include "train/scores.h"

namespace rotor {

using Json = nlohmann::ordered_json;

namespace {

/// A number of a report; one that is not finite was written as null.
double number(const Json& value) {
  return value.is_null() ? kUnknown : value.get<double>();
}

/// The metrics of a validation's report apart from its losses.
std::map<std::string, double> other_scores(const Json& report) {
  const std::string prefix = "valid_";
  std::map<std::string, double> scores;
  for (const auto& [key, value] : report.items()) {
    if (!key.starts_with(prefix) || !value.is_number() || key == "valid_loss" || key == "valid_nll_loss") continue;
    scores[key.substr(prefix.size())] = value.get<double>();
  }
  return scores;
}

Json json_of(const Validation& v) {
  Json json{{"update", v.update}, {"epoch", v.epoch}, {"nll", v.nll}, {"loss", v.loss}};
  if (!v.scores.empty()) json["scores"] = v.scores;
  return json;
}

}  // namespace

double value_of(const Validation& validation, const std::string& metric) {
  if (metric == "loss") return validation.loss;
  const auto found = validation.scores.find(metric);
  return found == validation.scores.end() ? kUnknown : found->second;
}

double best_of(const TrainingLog& log, const std::string& metric) {
  double best = kUnknown;
  for (const Validation& validation : log.validations) {
    const double value = value_of(validation, metric);
    best = higher_is_better(metric) ? std::fmax(best, value) : std::fmin(best, value);
  }
  return best;
}

TrainingLog read_training_log(const std::filesystem::path& path) {
  TrainingLog log;
  std::vector<double> speeds, seconds;
  std::ifstream in(path);
  int64_t last_report = 0;
  for (std::string line; std::getline(in, line);) {
    const Json report = parse_json(line);
    if (!report.is_object() || !report.contains("update")) continue;
    try {
      const auto update = report.at("update").get<int64_t>();
      log.updates = std::max(log.updates, update);
      if (report.contains("valid_loss")) {  // which is not smoothed where there is no other
        const double loss = number(report.at("valid_loss"));
        const double nll = report.contains("valid_nll_loss") ? number(report.at("valid_nll_loss")) : loss;
        log.validations.push_back({update, report.at("epoch"), nll, loss, other_scores(report)});
      } else if (report.contains("seconds")) {
        speeds.push_back(report.at("tokens_per_second"));
        seconds.push_back(report.at("seconds").get<double>() /
                          static_cast<double>(std::max<int64_t>(update - last_report, 1)));
        log.memory_mb = std::max(log.memory_mb, report.at("memory_mb").get<int64_t>());
        last_report = update;
      }
    } catch (const Json::exception& error) {
      fail("{}: expected reports of a training, got {}; remove the folder to train again", path.string(), error.what());
    }
  }
  ROTOR_CHECK(!speeds.empty(), "{}: expected reports of a training; lower --log-interval", path.string());
  ROTOR_CHECK(!log.validations.empty(),
              "{}: expected validations; the corpus needs a split 'valid', and training at least one "
              "--validate-interval or --validate-interval-updates",
              path.string());
  log.tokens_per_second = median(speeds);
  log.seconds_per_update = median(seconds);
  return log;
}

Json RunResult::to_json() const {
  Json curve = Json::array();
  for (const Validation& v : training.validations) curve.push_back(json_of(v));
  Json json{{"parameters", parameters},
            {"averaged", averaged},
            {"machine", machine},
            {"training",
             {{"updates", training.updates},
              {"tokens_per_second", training.tokens_per_second},
              {"seconds_per_update", training.seconds_per_update},
              {"memory_mb", training.memory_mb}}},
            {"decoding", {{"tokens_per_second", test_tokens_per_second}, {"memory_mb", test_memory_mb}}},
            {"validations", curve}};
  if (rates.empty()) return json;
  json["lr"] = lr;
  for (const TriedRate& rate : rates) json["rates"].push_back({{"lr", rate.lr}, {"best", rate.best}});
  return json;
}

RunResult RunResult::from_json(const Json& json, const std::string& origin) {
  RunResult result;
  try {
    json.at("parameters").get_to(result.parameters);
    result.averaged = json.value("averaged", int64_t{0});
    json.at("machine").get_to(result.machine);
    const Json& training = json.at("training");
    training.at("updates").get_to(result.training.updates);
    training.at("tokens_per_second").get_to(result.training.tokens_per_second);
    training.at("seconds_per_update").get_to(result.training.seconds_per_update);
    training.at("memory_mb").get_to(result.training.memory_mb);
    json.at("decoding").at("tokens_per_second").get_to(result.test_tokens_per_second);
    json.at("decoding").at("memory_mb").get_to(result.test_memory_mb);
    for (const Json& v : json.at("validations")) {
      result.training.validations.push_back({v.at("update"), v.at("epoch"), number(v.at("nll")), number(v.at("loss")),
                                             v.value("scores", std::map<std::string, double>())});
    }
    result.lr = json.value("lr", 0.0);
    for (const Json& rate : json.value("rates", Json::array())) {
      result.rates.push_back({rate.at("lr"), number(rate.at("best"))});
    }
  } catch (const Json::exception& error) {
    fail("{}: expected the result of a run, got {}; remove the file to repeat the run", origin, error.what());
  }
  return result;
}

int64_t count_parameters(const std::filesystem::path& model) {
  int64_t elements = 0;
  const SafeTensors file(model);
  for (const auto& [name, tensor] : file.tensors()) {
    if (is_parameter(name)) elements += tensor.elements();
  }
  return elements;
}

int64_t count_averaged(const std::filesystem::path& model) {
  return static_cast<int64_t>(averaged_files(SafeTensors(model)).size());
}

std::string machine_name(int64_t threads) {
  std::ifstream info("/proc/cpuinfo");
  std::string name = "unknown processor";
  for (std::string line; std::getline(info, line);) {
    if (!line.starts_with("model name")) continue;
    name = line.substr(line.find(':') + 2);
    break;
  }
  const int64_t used = threads > 0 ? threads : default_threads();
  return fmt::format("{}, {} {}", name, used, used == 1 ? "thread" : "threads");
}

}  // namespace rotor

#include "serve/text_answer.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/json.h"
#include "evaluate/prediction_lines.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

/// The double that JSON writes with the digits that a float has.
double shortest(float number) {
  return std::stod(fmt::format("{}", number));
}

Json prediction(const TransformerOptions& model, const std::vector<float>& scores) {
  const PredictionKind kind = prediction_kind(model);
  if (kind == PredictionKind::kNumber) return {{"score", shortest(scores[0])}};
  const int64_t best = std::max_element(scores.begin(), scores.end()) - scores.begin();
  const std::vector<double> all = probabilities(scores);
  if (kind == PredictionKind::kCandidates) {
    Json each = Json::array();
    for (const float score : scores) each.push_back(shortest(score));
    return {{"candidate", best + 1}, {"scores", std::move(each)}, {"probabilities", all}};
  }
  Json named = Json::object();
  for (size_t i = 0; i < all.size(); ++i) named[outcome_name(model, static_cast<int64_t>(i))] = all[i];
  return {{"label", outcome_name(model, best)}, {"probabilities", std::move(named)}};
}

}  // namespace

std::string predictions_answer(const TransformerOptions& model, std::span<const std::vector<float>> scores) {
  Json predictions = Json::array();
  for (const std::vector<float>& row : scores) predictions.push_back(prediction(model, row));
  return Json{{"predictions", std::move(predictions)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string vectors_answer(std::span<const std::vector<float>> vectors) {
  std::vector<std::string> rows;
  for (const std::vector<float>& row : vectors) rows.push_back(fmt::format("[{}]", fmt::join(row, ",")));
  return fmt::format(R"({{"vectors":[{}]}})", fmt::join(rows, ","));
}

}  // namespace rotor

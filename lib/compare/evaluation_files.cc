#include "compare/evaluation_files.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/json.h"
#include "base/option_text.h"
#include "compare/run_record.h"
#include "compare/token_loss.h"
#include "page/csv_file.h"
#include "page/statistics.h"

namespace rotor {

Statistics read_losses(const std::filesystem::path& path) {
  const CsvFile file = read_csv(path);
  struct Row {
    int64_t number = 0;
    double tokens = 0, loss = 0;
  };
  std::vector<Row> rows;
  for (const auto& cells : file.rows) {
    Row& row = rows.emplace_back();
    const bool read = cells.size() == 3 && read_value({cells[0]}, row.number) && read_value({cells[1]}, row.tokens) &&
                      read_value({cells[2]}, row.loss);
    ROTOR_CHECK(read && row.number > 0, "{}: expected a number, tokens and a loss in each row, got '{}'", path.string(),
                join(cells, ","));
  }
  int64_t last = 0;
  for (const Row& row : rows) last = std::max(last, row.number);
  Statistics losses(last, TokenLoss().width());
  for (const Row& row : rows) set_loss(losses, row.number - 1, row.loss * row.tokens, row.tokens);
  return losses;
}

std::map<std::string, double> read_scores(const std::filesystem::path& path) {
  std::map<std::string, double> numbers;
  const nlohmann::ordered_json scores = read_json(path);
  for (const auto& [name, value] : scores.items()) {
    if (value.is_number()) numbers[name] = value.get<double>();
  }
  return numbers;
}

std::function<double(const ScoredRun&)> told(const std::string& name) {
  return [name](const ScoredRun& run) {
    const auto& scores = run.tests.at(0).scores;
    const auto found = scores.find(name);
    return found == scores.end() ? kUnknown : found->second;
  };
}

double best_validation_loss(const ScoredRun& run) {
  double best = kUnknown;
  for (const Validation& validation : run.result.training.validations) best = std::fmin(best, validation.nll);
  return best;
}

}  // namespace rotor

#include "compare/predicted_rows.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "base/files.h"
#include "base/option_text.h"

namespace rotor {
namespace {

/// The first cell of each line after the header.
std::vector<std::string> read_first_cells(const std::filesystem::path& path, size_t rows) {
  LineReader reader(path);
  std::vector<std::string> cells;
  std::string line;
  reader.next(line);
  while (reader.next(line)) {
    cells.push_back(line.substr(0, line.find('\t')));
    ROTOR_CHECK(!cells.back().empty(),
                "{}:{}: expected a prediction of each row, got none; remove the run's result.json", path.string(),
                reader.line_number());
  }
  ROTOR_CHECK(cells.size() == rows, "expected {} predictions in {}, got {}; remove the run's result.json to repeat it",
              rows, path.string(), cells.size());
  return cells;
}

int64_t class_of(const std::string& cell, const std::vector<std::string>& names, const std::filesystem::path& path) {
  const auto found = std::find(names.begin(), names.end(), cell);
  ROTOR_CHECK(found != names.end(), "{}: expected one of the corpus's classes, {}, got '{}'", path.string(),
              join(names, ", "), cell);
  return found - names.begin();
}

/// What the predictions call the classes, or the candidates, which are numbered from 1.
std::vector<std::string> names_of(const Corpus& corpus, int64_t choices) {
  if (!corpus.classes().empty()) return corpus.classes();
  std::vector<std::string> numbers;
  for (int64_t i = 1; i <= choices; ++i) numbers.push_back(std::to_string(i));
  return numbers;
}

}  // namespace

JudgedRows read_predicted_rows(const std::filesystem::path& path, const Corpus& corpus, int64_t choices) {
  const auto labels = corpus.labels();
  const std::vector<std::string> cells = read_first_cells(path, labels.size());
  if (choices == 0) {
    std::vector<double> numbers(cells.size());
    for (size_t i = 0; i < cells.size(); ++i) {
      ROTOR_CHECK(read_value({cells[i]}, numbers[i]), "{}: expected a number for each row, got '{}'", path.string(),
                  cells[i]);
    }
    return JudgedRows::of_numbers({labels.begin(), labels.end()}, std::move(numbers));
  }
  const std::vector<std::string> names = names_of(corpus, choices);
  std::vector<int64_t> predicted;
  for (const std::string& cell : cells) predicted.push_back(class_of(cell, names, path));
  return JudgedRows::of_classes({labels.begin(), labels.end()}, std::move(predicted), choices);
}

}  // namespace rotor

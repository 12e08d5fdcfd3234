#include "evaluate/prediction_lines.h"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "base/check.h"
#include "base/files.h"
#include "evaluate/sentence_inputs.h"
#include "text/unicode.h"

namespace rotor {
namespace {

std::vector<std::string> split_at_tabs(const std::string& line) {
  std::vector<std::string> texts(1);
  for (const char c : line) {
    if (c == '\t') {
      texts.emplace_back();
    } else {
      texts.back() += c;
    }
  }
  return texts;
}

/// Reads rows of texts, all of as many.
class RowReader {
 public:
  explicit RowReader(std::istream& in) : lines_(in, "standard input") {}

  bool next(std::vector<std::string>& texts) {
    std::string line;
    if (!lines_.next(line)) return false;
    texts = split_at_tabs(line);
    ROTOR_CHECK(count_ == 0 || texts.size() == count_, "{}: expected {} texts with tabs between, as before, got {}",
                place(), count_, texts.size());
    ROTOR_CHECK(std::none_of(texts.begin(), texts.end(), [](const std::string& text) { return is_blank(text); }),
                "{}: expected a text in each column, got an empty one", place());
    count_ = texts.size();
    return true;
  }

  /// Where the row read last stands.
  std::string place() const { return fmt::format("standard input:{}", lines_.line_number()); }

 private:
  LineReader lines_;
  size_t count_ = 0;
};

}  // namespace

std::vector<double> probabilities(std::span<const float> scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  std::vector<double> result;
  double sum = 0;
  for (const float score : scores) result.push_back(std::exp(score - largest)), sum += result.back();
  for (double& value : result) value /= sum;
  return result;
}

std::string outcome_name(const TransformerOptions& model, int64_t i) {
  return model.head.labels.empty() ? std::to_string(i + 1) : model.head.labels[i];
}

std::string prediction_header(const TransformerOptions& model, int64_t outputs) {
  std::string header = "prediction";
  if (prediction_kind(model) == PredictionKind::kNumber) return header;
  for (int64_t i = 0; i < outputs; ++i) {
    header += "\t" + outcome_name(model, i);
  }
  return header;
}

std::string prediction_line(const TransformerOptions& model, std::span<const float> scores) {
  if (prediction_kind(model) == PredictionKind::kNumber) return fmt::format("{:.6f}", scores[0]);
  std::string line = outcome_name(model, std::max_element(scores.begin(), scores.end()) - scores.begin());
  for (const double probability : probabilities(scores)) line += fmt::format("\t{:.6f}", probability);
  return line;
}

void write_predictions(const std::filesystem::path& path, const TransformerOptions& model,
                       const SampleScores& predictions) {
  write_atomically(path, [&](std::ostream& out) {
    out << prediction_header(model, predictions.outputs()) << '\n';
    for (int64_t i = 0; i < predictions.size(); ++i) {
      out << (predictions.has(i) ? prediction_line(model, predictions.scores(i)) : "") << '\n';
    }
  });
}

void predict_lines(const EvaluateOptions& options, const SafeTensors& file, std::istream& in, std::ostream& out) {
  constexpr size_t kRows = 32;
  const NoGrad no_grad;
  const auto model = load_classifier(file, options.weights(), options.scaling.replacement());
  const SentenceInputs reads{
      Vocabulary::from_bytes(read_vocabulary(file).source), model->options().task == kSentenceRanking,
      std::min(options.max_source_positions, model->max_positions()), model->options().token_types};
  RowReader reader(in);
  std::vector<std::string> texts;
  for (bool more = true; more;) {
    std::vector<SentenceRow> inputs;
    size_t rows = 0;
    for (; rows < kRows && (more = reader.next(texts)); ++rows) {
      for (SentenceRow& row : reads.rows(texts, options.truncate, reader.place())) inputs.push_back(std::move(row));
    }
    if (rows == 0) break;
    const Tensor scores = model->scores(reads.batch(inputs)).value().contiguous();
    const int64_t outputs = scores.elements() / static_cast<int64_t>(rows);
    for (size_t row = 0; row < rows; ++row) {
      out << prediction_line(model->options(), scores.span().subspan(row * outputs, outputs)) << '\n';
    }
    out << std::flush;
  }
}

}  // namespace rotor

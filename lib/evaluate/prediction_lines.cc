#include "evaluate/prediction_lines.h"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "base/check.h"
#include "base/files.h"
#include "data/sentence_row.h"

namespace rotor {
namespace {

std::vector<double> probabilities(std::span<const float> scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  std::vector<double> result;
  double sum = 0;
  for (const float score : scores) result.push_back(std::exp(score - largest)), sum += result.back();
  for (double& value : result) value /= sum;
  return result;
}

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
    const std::string place = fmt::format("standard input:{}", lines_.line_number());
    ROTOR_CHECK(count_ == 0 || texts.size() == count_, "{}: expected {} texts with tabs between, as before, got {}",
                place, count_, texts.size());
    ROTOR_CHECK(std::none_of(texts.begin(), texts.end(), [](const std::string& text) { return text.empty(); }),
                "{}: expected a text in each column, got an empty one", place);
    count_ = texts.size();
    return true;
  }

 private:
  LineReader lines_;
  size_t count_ = 0;
};

/// The inputs of a row: of a ranking one for each candidate, which follow the context.
std::vector<SentenceRow> inputs_of(const std::vector<std::string>& texts, const Vocabulary& vocabulary, bool ranks,
                                   const EvaluateOptions& options, int64_t most) {
  std::vector<std::vector<int32_t>> ids;
  for (const std::string& text : texts) ids.push_back(vocabulary.encode(text));
  const auto row = [&](const std::vector<std::vector<int32_t>>& parts) {
    return sentence_row(parts, vocabulary.specials(), options.truncate, most);
  };
  if (!ranks) return {row(ids)};
  std::vector<SentenceRow> rows;
  for (size_t i = 1; i < ids.size(); ++i) rows.push_back(row({ids[0], ids[i]}));
  return rows;
}

}  // namespace

std::string prediction_header(const TransformerOptions& model, int64_t outputs) {
  std::string header = "prediction";
  if (prediction_kind(model) == PredictionKind::kNumber) return header;
  for (int64_t i = 0; i < outputs; ++i) {
    header += "\t" + (model.head.labels.empty() ? std::to_string(i + 1) : model.head.labels[i]);
  }
  return header;
}

std::string prediction_line(const TransformerOptions& model, std::span<const float> scores) {
  if (prediction_kind(model) == PredictionKind::kNumber) return fmt::format("{:.6f}", scores[0]);
  const int64_t best = std::max_element(scores.begin(), scores.end()) - scores.begin();
  std::string line = model.head.labels.empty() ? std::to_string(best + 1) : model.head.labels[best];
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
  const auto model = load_classifier(file, options.weights());
  const Vocabulary vocabulary = Vocabulary::from_bytes(read_vocabulary(file).source);
  const bool ranks = model->options().task == kSentenceRanking;
  const int64_t most = std::min(options.max_source_positions, model->max_positions());
  RowReader reader(in);
  std::vector<std::string> texts;
  for (bool more = true; more;) {
    std::vector<std::vector<int32_t>> inputs, types;
    int64_t candidates = 1;
    size_t rows = 0;
    for (; rows < kRows && (more = reader.next(texts)); ++rows) {
      ROTOR_CHECK(!ranks || texts.size() > 2,
                  "standard input: expected a context and candidates with tabs between, got {} texts", texts.size());
      auto parts = inputs_of(texts, vocabulary, ranks, options, most);
      candidates = std::ssize(parts);
      for (SentenceRow& row : parts) {
        inputs.push_back(std::move(row.ids));
        types.push_back(std::move(row.types));
      }
    }
    if (rows == 0) break;
    TokenBatch batch = TokenBatch::of(inputs, vocabulary.specials().pad);
    batch.types = TokenBatch::of(types, 0).ids;
    const Tensor scores = model->scores(batch).value().contiguous();
    const int64_t outputs = scores.elements() / static_cast<int64_t>(rows);
    for (size_t row = 0; row < rows; ++row) {
      out << prediction_line(model->options(), scores.span().subspan(row * outputs, outputs)) << '\n';
    }
    out << std::flush;
  }
}

}  // namespace rotor

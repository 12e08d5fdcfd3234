#include "search/translator.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "base/files.h"
#include "model/model_file.h"
#include "search/ensemble_steps.h"
#include "search/transformer_steps.h"

namespace rotor {
namespace {

void check_size(const char* side, int64_t size, int64_t expected, const SafeTensors& file) {
  CHECK(
      size == expected,
      "{}: the model's config expects a {} vocabulary of {} pieces, its vocabulary has {}; write the model again with "
      "rotor-train or rotor-average",
      file.path().string(), side, expected, size);
}

Vocabularies vocabularies_of(const SafeTensors& file) {
  read_model_options(file);  // refuses what is no model
  const VocabularyBytes bytes = read_vocabulary(file);
  const std::string origin = "the vocabulary of " + file.path().string();
  return {Vocabulary::from_bytes(bytes.source, origin), Vocabulary::from_bytes(bytes.target, origin)};
}

std::vector<std::string> split_paths(const std::string& paths) {
  std::vector<std::string> result(1);
  for (char c : paths) {
    if (c == ':') {
      result.emplace_back();
    } else {
      result.back() += c;
    }
  }
  return result;
}

std::vector<int32_t> read_words(const std::string& path, const Vocabulary& vocabulary) {
  std::set<int32_t> words = {kEos};
  LineReader reader(path);
  for (std::string piece; reader.next(piece);) {
    const int32_t id = vocabulary.id(piece);
    CHECK(id != kUnk || piece == vocabulary.piece(kUnk),
          "expected pieces of the model's vocabulary, got '{}' in line {} of {}", piece, reader.line_number(),
          reader.name());
    words.insert(id);
  }
  CHECK(words.size() > 1, "expected a piece a line in {}, got none", path);
  return {words.begin(), words.end()};
}

/// Limits a number of positions to those of a learned table, if the stack has one.
int64_t within_table(int64_t positions, const std::string& own, const PositionOptions& options) {
  const bool learned = (own.empty() ? options.encoding : own) == "learned";
  return learned ? std::min(positions, options.max_positions) : positions;
}

}  // namespace

Translator::Translator(const std::string& paths, std::optional<WeightType> type, const std::string& vocab_limit)
    : vocabularies(vocabularies_of(SafeTensors(split_paths(paths)[0]))) {
  if (!vocab_limit.empty()) words = read_words(vocab_limit, vocabularies.target);
  for (const std::string& path : split_paths(paths)) {
    const SafeTensors file(path);
    models.push_back(load_for_translation(file, type, words));
    const TransformerOptions& options = models.back()->options();
    const Vocabularies own = vocabularies_of(file);
    CHECK(own.source.sha256() == vocabularies.source.sha256() && own.target.sha256() == vocabularies.target.sha256(),
          "{}: its vocabulary is another than that of {}; models of an ensemble share one", path,
          split_paths(paths)[0]);
    check_size("source", own.source.size(), options.source_vocabulary, file);
    check_size("target", own.target.size(), options.target_vocabulary, file);
  }
}

std::unique_ptr<StepModel> Translator::steps() const {
  if (models.size() == 1) return std::make_unique<TransformerSteps>(*models[0]);
  std::vector<std::unique_ptr<StepModel>> all;
  all.reserve(models.size());
  for (const auto& model : models) all.push_back(std::make_unique<TransformerSteps>(*model));
  return std::make_unique<EnsembleSteps>(std::move(all));
}

LengthLimits Translator::within_tables(LengthLimits limits) const {
  for (const auto& model : models) {
    const PositionOptions& position = model->options().position;
    limits.source = within_table(limits.source, position.encoder_encoding, position);
    limits.target = within_table(limits.target, position.decoder_encoding, position);
  }
  return limits;
}

}  // namespace rotor

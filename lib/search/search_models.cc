#include "search/search_models.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/check.h"
#include "base/files.h"
#include "base/option_text.h"
#include "data/given_vocabulary.h"
#include "model/model_file.h"
#include "search/encoder_decoder_steps.h"
#include "search/ensemble_steps.h"
#include "search/language_model_steps.h"

namespace rotor {
namespace {

void check_size(const char* side, int64_t size, int64_t expected, const SafeTensors& file) {
  ROTOR_CHECK(
      size == expected,
      "{}: the model's config expects a {} vocabulary of {} pieces, its vocabulary has {}; write the model again with "
      "rotor-train or rotor-average",
      file.path().string(), side, expected, size);
}

/// The end of the path that begins there: of all places before a colon, the last one that makes it the path of a file.
size_t end_of_path(const std::string& text, size_t begin) {
  std::vector<size_t> ends = {text.size()};
  for (size_t i = text.size(); i-- > begin;) {
    if (text[i] == ':') ends.push_back(i);
  }
  for (const size_t end : ends) {
    if (std::filesystem::exists(text.substr(begin, end - begin))) return end;
  }
  return ends.back();
}

std::vector<SafeTensors> open_models(const std::string& paths, Verification verification) {
  std::vector<SafeTensors> files;
  for (const std::string& path : model_paths(paths)) files.push_back(open_model(path, verification));
  return files;
}

/// Refuses models that neither translate nor continue texts, and says what to do with them.
void check_generates(const SafeTensors& file) {
  const TransformerOptions model = read_model_options(file);
  ROTOR_CHECK(model.has_decoder(),
              "{}: expected a model that writes text, of the task {} or {}, got one of {}, which reads it; {}",
              file.path().string(), kTranslation, kLanguageModeling, model.task,
              model.has_head() ? "let rotor-evaluate or rotor-serve predict with it"
              : model.task == kMaskedLm
                  ? "evaluate it by rotor-evaluate, or fine-tune it by rotor-train --finetune-from-model"
                  : "let rotor-serve make vectors with it, or fine-tune it by rotor-train --finetune-from-model");
}

std::vector<int32_t> read_words(const std::string& path, const Vocabulary& vocabulary) {
  std::set<int32_t> words = {vocabulary.specials().eos};
  const int32_t unk = vocabulary.specials().unk;
  LineReader reader(path);
  for (std::string piece; reader.next(piece);) {
    const int32_t id = vocabulary.id(piece);
    ROTOR_CHECK(id != unk || piece == vocabulary.piece(unk),
                "expected pieces of the model's vocabulary, got '{}' in line {} of {}", piece, reader.line_number(),
                reader.name());
    words.insert(id);
  }
  ROTOR_CHECK(words.size() > 1, "expected a piece a line in {}, got none", path);
  return {words.begin(), words.end()};
}

}  // namespace

SearchModels::SearchModels(const std::string& paths, const ComputeOptions& options)
    : SearchModels(open_models(paths, options.verification()), options) {}

SearchModels::SearchModels(const std::vector<SafeTensors>& files, const ComputeOptions& options)
    : vocabularies(vocabularies_of(files.front())) {
  if (!options.vocab_limit.empty()) words = read_words(options.vocab_limit, vocabularies.target);
  const bool translate = read_model_options(files.front()).task == kTranslation;
  std::optional<std::vector<int32_t>> packed;  // of which the models pack the output; with a shortlist none
  if (!words.empty()) packed = words;
  if (!options.shortlist.empty()) {
    require(translate, "--shortlist is for translation, and {} is a language model, which has no source: leave it out",
            files.front().path().string());
    require(words.empty(), "expected --shortlist or --vocab-limit, not both");
    shortlist.emplace(options.shortlist, vocabularies, options.shortlist_first, options.shortlist_best);
    packed.emplace();
  }
  for (const SafeTensors& file : files) {
    check_generates(file);
    const TransformerOptions model = read_model_options(file);
    const VocabularyBytes own = read_vocabulary(file);
    ROTOR_CHECK(own.source == vocabularies.source.bytes() && own.target == vocabularies.target.bytes(),
                "{}: its vocabulary is another than that of {}; models of an ensemble share one", file.path().string(),
                files.front().path().string());
    check_size("target", vocabularies.target.size(), model.target_vocabulary, file);  // whose rows are packed
    if (translate) {
      translators.push_back(
          load_prepared<EncoderDecoder>(file, options.weights(), packed, options.scaling.replacement()));
      check_size("source", vocabularies.source.size(), model.source_vocabulary, file);
    } else {
      language_models.push_back(
          load_prepared<LanguageModel>(file, options.weights(), packed, options.scaling.replacement()));
    }
  }
}

std::unique_ptr<StepModel> SearchModels::steps() const {
  const SpecialTokens& specials = vocabularies.target.specials();
  std::vector<std::unique_ptr<StepModel>> all;
  for (const auto& model : translators) {
    all.push_back(std::make_unique<EncoderDecoderSteps>(*model, specials, shortlist ? &*shortlist : nullptr));
  }
  for (const auto& model : language_models) all.push_back(std::make_unique<LanguageModelSteps>(*model, specials));
  return all.size() == 1 ? std::move(all[0]) : std::make_unique<EnsembleSteps>(std::move(all));
}

LengthLimits SearchModels::within_positions(LengthLimits limits) const {
  for (const auto& model : translators) {
    limits.source.lower(model->max_source_positions());
    limits.target.lower(model->max_target_positions());
  }
  for (const auto& model : language_models) limits.target.lower(model->max_positions());
  return limits;
}

std::vector<std::string> model_paths(const std::string& text) {
  std::vector<std::string> paths;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = end_of_path(text, begin);
    paths.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return paths;
}

}  // namespace rotor

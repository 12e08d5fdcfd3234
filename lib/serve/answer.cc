#include "serve/answer.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "search/alignment.h"
#include "search/output.h"

namespace rotor {
namespace {

using Json = nlohmann::ordered_json;

/// On one line; bytes that are not UTF-8, of which vocabularies with byte pieces can make words, become U+FFFD.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json pieces(const Vocabulary& vocabulary, const TokenIds& ids) {
  Json list = Json::array();
  for (int32_t id : ids) list.push_back(vocabulary.piece(id));
  return list;
}

Json attention(const Request& request, const Hypothesis& hypothesis, const Vocabularies& vocabularies) {
  Json weights = Json::array();
  const auto columns = std::ssize(request.source);
  for (int64_t t = 0; t < std::ssize(hypothesis.tokens); ++t) {
    Json row = Json::array();
    for (int64_t i = 0; i < columns; ++i) row.push_back(std::round(hypothesis.attention[t * columns + i] * 1e5) / 1e5);
    weights.push_back(std::move(row));
  }
  return {{"source", pieces(vocabularies.source, request.source)},
          {"target", pieces(vocabularies.target, hypothesis.tokens)},
          {"weights", std::move(weights)}};
}

Json hypothesis_json(const Request& request, Hypothesis hypothesis, const TranslateRequest& wishes,
                     const Vocabularies& vocabularies) {
  std::vector<int64_t> alignment;
  if (wishes.print_alignment || wishes.replace_unk) {
    alignment = hard_alignment(hypothesis.attention, hypothesis.tokens, std::ssize(request.source));
  }
  if (wishes.replace_unk) {
    hypothesis.unknown = replace_unknown(hypothesis.tokens, alignment, request.texts, UnknownWords());
  }
  Json json = {{"text", translation(hypothesis, vocabularies)}, {"score", hypothesis.score}};
  if (wishes.print_alignment) json["alignment"] = pharaoh(alignment);
  if (wishes.attention) json["attention"] = attention(request, hypothesis, vocabularies);
  return json;
}

}  // namespace

std::string translations_answer(std::span<const Request> requests, std::span<const std::vector<Hypothesis>> hypotheses,
                                const TranslateRequest& wishes, const Vocabularies& vocabularies) {
  Json translations = Json::array();
  for (size_t i = 0; i < requests.size(); ++i) {
    Json list = Json::array();
    for (const Hypothesis& hypothesis : hypotheses[i]) {
      if (std::ssize(list) == wishes.search.nbest) break;
      list.push_back(hypothesis_json(requests[i], hypothesis, wishes, vocabularies));
    }
    Json best = list.empty() ? Json("") : list[0]["text"];
    translations.push_back({{"text", std::move(best)}, {"hypotheses", std::move(list)}});
  }
  return dump({{"translations", std::move(translations)}});
}

std::string error_answer(std::string text) {
  constexpr size_t kLongest = 600;
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return dump({{"error", text}});
}

std::string health_answer(const std::string& model) {
  return dump({{"status", "ok"}, {"model", model}, {"version", ROTOR_VERSION}});
}

}  // namespace rotor

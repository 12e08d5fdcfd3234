#include "serve/answer.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "search/alignment.h"
#include "search/output.h"
#include "text/unicode.h"

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
    hypothesis.unknown = replace_unknown(hypothesis.tokens, alignment, request.texts, UnknownWords(),
                                         vocabularies.target.specials().unk);
  }
  Json json = {{"text", translation(hypothesis, vocabularies)}, {"score", hypothesis.score}};
  if (wishes.print_alignment) json["alignment"] = pharaoh(alignment);
  if (wishes.attention) json["attention"] = attention(request, hypothesis, vocabularies);
  return json;
}

/// The hypotheses of each sentence of a text, as JSON.
std::vector<Json> sentence_hypotheses(const SourceText& text, std::span<const std::vector<Hypothesis>> hypotheses,
                                      const TranslateRequest& wishes, const Vocabularies& vocabularies) {
  std::vector<Json> all;
  for (size_t i = 0; i < text.sentences.size(); ++i) {
    Json list = Json::array();
    for (const Hypothesis& hypothesis : hypotheses[i]) {
      if (std::ssize(list) == wishes.search.nbest) break;
      list.push_back(hypothesis_json(text.sentences[i], hypothesis, wishes, vocabularies));
    }
    all.push_back(std::move(list));
  }
  return all;
}

/// Hypotheses of equal rank of all sentences as one; where a sentence has fewer, its last.
Json joined_hypotheses(const SourceText& text, const std::vector<Json>& sentences) {
  if (sentences.size() == 1) return sentences[0];
  size_t ranks = 0;
  for (const Json& list : sentences) ranks = std::max(ranks, list.size());
  Json joined = Json::array();
  for (size_t rank = 0; rank < ranks; ++rank) {
    std::vector<std::string> parts;
    double score = 0;
    for (const Json& list : sentences) {
      const Json& hypothesis = list[std::min(rank, list.size() - 1)];
      parts.push_back(hypothesis["text"]);
      score += hypothesis["score"].get<double>();
    }
    joined.push_back({{"text", join_sentences(text.text, text.places, parts)}, {"score", score}});
  }
  return joined;
}

/// The sentences of a text with their places in code points.
Json sentences_json(const SourceText& text, std::vector<Json> hypotheses) {
  Json sentences = Json::array();
  size_t at = 0, points = 0;
  const auto points_until = [&](size_t end) {
    points += code_points(std::string_view(text.text).substr(at, end - at)).size();
    at = end;
    return points;
  };
  for (size_t i = 0; i < hypotheses.size(); ++i) {
    const size_t begin = points_until(text.places[i].begin), end = points_until(text.places[i].end);
    Json best = hypotheses[i].empty() ? Json("") : hypotheses[i][0]["text"];
    sentences.push_back(
        {{"begin", begin}, {"end", end}, {"text", std::move(best)}, {"hypotheses", std::move(hypotheses[i])}});
  }
  return sentences;
}

Json text_json(const SourceText& text, std::vector<Json> sentences, bool with_sentences) {
  Json hypotheses = joined_hypotheses(text, sentences);
  Json best = hypotheses.empty() ? Json("") : hypotheses[0]["text"];
  Json json = {{"text", std::move(best)}, {"hypotheses", std::move(hypotheses)}};
  if (with_sentences) json["sentences"] = sentences_json(text, std::move(sentences));
  if (std::string said = warning(text); !said.empty()) json["warning"] = std::move(said);
  return json;
}

}  // namespace

std::string translations_answer(std::span<const SourceText> texts, std::span<const std::vector<Hypothesis>> hypotheses,
                                const TranslateRequest& wishes, const Vocabularies& vocabularies,
                                const ServeOptions& options) {
  Json translations = Json::array();
  std::vector<std::vector<std::string>> ranked;
  for (const SourceText& text : texts) {
    std::vector<Json> sentences = sentence_hypotheses(text, hypotheses, wishes, vocabularies);
    hypotheses = hypotheses.subspan(sentences.size());
    translations.push_back(text_json(text, std::move(sentences), wishes.split));
    ranked.emplace_back();
    for (const Json& hypothesis : translations.back()["hypotheses"]) ranked.back().push_back(hypothesis["text"]);
  }
  if (wishes.libre.asked) return libre_answer(wishes.libre, ranked, options);
  return dump({{"translations", std::move(translations)}});
}

std::string error_answer(std::string text) {
  constexpr size_t kLongest = 600;
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return dump({{"error", text}});
}

std::string health_answer(const std::string& model, const std::string& task) {
  return dump({{"status", "ok"}, {"model", model}, {"task", task}, {"version", ROTOR_VERSION}});
}

}  // namespace rotor

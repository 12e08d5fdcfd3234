// The bodies of answers, as JSON on one line.
#pragma once

#include <span>
#include <string>

#include "data/corpus_folder.h"
#include "search/hypothesis.h"
#include "search/requests.h"
#include "serve/translate_request.h"

namespace rotor {

/// {"translations": [{"text": the best, "hypotheses": [{"text", "score", …}, …]}, …]}: for each text its `nbest` best
/// hypotheses, none if it was blank. The score is that of rotor-generate, in natural logarithms. If they were asked
/// for, a hypothesis has "alignment", Pharaoh's i-j of pieces, and "attention": {"source", "target": pieces with </s>,
/// "weights": [target, source], rounded to 5 digits}.
std::string translations_answer(std::span<const Request> requests, std::span<const std::vector<Hypothesis>> hypotheses,
                                const TranslateRequest& wishes, const Vocabularies& vocabularies);

/// {"error": text}; a long text loses its end.
std::string error_answer(std::string text);

/// {"status": "ok", "model": path, "version": Rotor's}
std::string health_answer(const std::string& model);

}  // namespace rotor

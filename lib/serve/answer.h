// The bodies of answers: JSON on one line.
#pragma once

#include <span>
#include <string>

#include "data/corpus_folder.h"
#include "search/hypothesis.h"
#include "serve/source_text.h"
#include "serve/translate_request.h"

namespace rotor {

/// {"translations": [{"text": the best, "hypotheses": [{"text", "score", …}, …], "sentences": […]}, …]}: for each text
/// its `nbest` best hypotheses, none if it was blank. The score is that of rotor-generate, in natural logarithms. If
/// they were asked for, a hypothesis has "alignment", Pharaoh's i-j of pieces, and "attention": {"source", "target":
/// pieces with </s>, "weights": [target, source], rounded to 5 digits}.
///
/// "sentences" are there if texts are split: [{"begin", "end", "text", "hypotheses"}, …], where begin and end are the
/// place in the text in Unicode code points. Where there are several, the hypotheses of the text are those of the
/// sentences of equal rank, joined; their score is the sum, and they have no alignment and attention.
///
/// "warning" is there if it says something.
///
/// `hypotheses` are those of the sentences of all texts, in their order. A request of LibreTranslate has its answer.
std::string translations_answer(std::span<const SourceText> texts, std::span<const std::vector<Hypothesis>> hypotheses,
                                const TranslateRequest& wishes, const Vocabularies& vocabularies,
                                const ServeOptions& options);

/// The body {"error": text}; a long text is truncated.
std::string error_answer(std::string text);

/// The body {"status": "ok", "model": path, "task": its task, "version": Rotor's}.
std::string health_answer(const std::string& model, const std::string& task);

}  // namespace rotor

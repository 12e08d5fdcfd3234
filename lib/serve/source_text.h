// SourceText: a text of a request with its sentences, as they are searched.
#pragma once

#include <string>
#include <vector>

#include "search/requests.h"
#include "text/sentences.h"

namespace rotor {

struct SourceText {
  std::string text;
  std::vector<SentenceRange> places = {};  ///< places of the sentences in the text
  std::vector<Request> sentences = {};     ///< the sentences that are not blank
  std::vector<double> unknown = {};        ///< the share of each sentence's characters that the model does not know
};

/// The share of the characters of a sentence that its tokens `unk` stand for, which the model does not know; `spelling`
/// is what each of its tokens stands for.
double unknown_share(const TokenIds& source, const std::vector<std::string>& spelling, int32_t unk);

/// A warning if a quarter or more of a sentence is unknown to the model, so that its translation may be worse than it
/// looks; else empty.
std::string warning(const SourceText& text);

}  // namespace rotor

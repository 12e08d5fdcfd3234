// SourceText: a text of a request with its sentences, as they are searched.
#pragma once

#include <string>
#include <vector>

#include "search/requests.h"
#include "text/sentences.h"

namespace rotor {

struct SourceText {
  std::string text;
  std::vector<SentenceRange> places = {};  ///< of the sentences
  std::vector<Request> sentences = {};     ///< none of them blank
  std::vector<double> unknown = {};        ///< the share of each sentence's characters that the model does not know
};

/// The share of the characters of a sentence that tokens unknown to the model stand for; `spelling` is what each of its
/// tokens stands for.
double unknown_share(const TokenIds& source, const std::vector<std::string>& spelling);

/// How a translation may be worse than it looks: a quarter or more of a sentence is unknown to the model. Else nothing.
std::string warning(const SourceText& text);

}  // namespace rotor

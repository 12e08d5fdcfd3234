// The body of POST /translate: a JSON object with the text or texts to translate and, beside it, options under
// rotor-generate's names, of which max-len-a may be written max_len_a too.
//
//   {"text": ["A dog runs.", "Two men."], "beam": 4, "nbest": 2, "print-alignment": true}
//
// With "q" in the place of "text" it is a request of LibreTranslate (serve/libre_translate.h).
#pragma once

#include <string>
#include <vector>

#include "serve/libre_translate.h"
#include "serve/options.h"

namespace rotor {

struct TranslateRequest {
  std::vector<std::string> texts;
  SearchOptions search;
  bool split = true;             ///< texts are split into sentences
  bool print_alignment = false;  ///< return the source token of each token
  bool replace_unk = false;      ///< replace unknown words by source words
  bool attention = false;        ///< return the attention weights and the tokens
  std::string api_key;           ///< if the body has one
  LibreTranslate libre;

  bool needs_attention() const { return print_alignment || replace_unk || attention; }
};

/// Reads a body; values that it leaves out are those of `options`. Throws a Refusal: (400) if the body is not
/// understood, (413) if it has more texts than may wait, (422) if it asks for more than the limits of `options` allow.
TranslateRequest read_translate_request(const std::string& body, const ServeOptions& options);

/// Reads the form of LibreTranslate's clients: q=A+dog+runs.&source=en&target=de. A form without q is a Refusal (415).
TranslateRequest read_translate_form(const std::string& body, const ServeOptions& options);

}  // namespace rotor

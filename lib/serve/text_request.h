// The bodies of POST /predict and POST /vector: a JSON object with the texts and, beside them, options under the names
// of the server's.
//
//   {"text": "A fine film."}                            one row
//   {"text": ["A fine film.", "A dull one."]}           two rows
//   {"texts": [["A dog runs.", "An animal moves."]]}    one row: a pair, or a context and its candidates
#pragma once

#include <string>
#include <vector>

#include "serve/options.h"

namespace rotor {

struct TextRequest {
  std::vector<std::vector<std::string>> rows;
  std::string truncate;      ///< how long rows are cut (data/truncation.h)
  std::string pooling;       ///< what makes a vector of a row's features
  bool normalize = true;     ///< vectors have length 1
  std::string api_key = {};  ///< if the body has one
};

/// Reads a body of /predict; values that it leaves out are those of `options`. Throws a Refusal: (400) if the body is
/// not understood, (413) if it has more rows than may wait, (422) if a text is blank.
TextRequest read_predict_request(const std::string& body, const ServeOptions& options);

/// Reads a body of /vector.
TextRequest read_vector_request(const std::string& body, const ServeOptions& options);

}  // namespace rotor

// Vocabularies that know languages, as those of NLLB do.
#pragma once

#include "base/json.h"
#include "data/corpus_folder.h"
#include "model/model_file.h"
#include "search/fairseq.h"

namespace rotor {

/// The vocabularies of the fairseq model, whose last tokens are of these languages; with `last` the source's comes
/// after its </s>.
inline Vocabularies knowing(const std::vector<std::string>& languages, bool last = false) {
  const VocabularyBytes bytes = read_vocabulary(SafeTensors(fairseq_model_path()));
  const Vocabulary pieces = Vocabulary::from_bytes(bytes.source);
  nlohmann::ordered_json list = {{"tokens", {}},
                                 {"special_tokens", {{"bos", 0}, {"pad", 1}, {"eos", 2}, {"unk", 3}, {"start", 2}}}};
  if (last) list["language_last"] = true;
  for (int32_t id = 0; id < pieces.size(); ++id) list["tokens"].push_back(pieces.piece(id));
  for (const std::string& language : languages) {
    list["languages"][language] = list["tokens"].size();
    list["tokens"].push_back("__" + language + "__");
  }
  const Vocabulary marked = Vocabulary::from_bytes("rotor-vocabulary mapped 1 " + list.dump() + '\n' + bytes.source);
  return {marked, marked};
}

}  // namespace rotor

#include "data/given_vocabulary.h"

#include "model/model_file.h"

namespace rotor {

Vocabulary read_given_vocabulary(const std::filesystem::path& path, VocabularySide side,
                                 std::optional<bool> lower_case) {
  if (path.extension() != ".safetensors") return Vocabulary::from_file(path, lower_case);
  const VocabularyBytes both = read_vocabulary(open_model(path));
  const std::string& bytes = side == VocabularySide::kTarget ? both.target : both.source;
  if (lower_case) Vocabulary::refuse_lower_case(bytes, path.string());
  return Vocabulary::from_bytes(bytes, path.string());
}

Vocabularies vocabularies_of(const SafeTensors& file) {
  read_model_options(file);  // refuses what is no model
  const VocabularyBytes bytes = read_vocabulary(file);
  const std::string origin = "the vocabulary of " + file.path().string();
  const Vocabulary source = Vocabulary::from_bytes(bytes.source, origin);
  return {source, bytes.target == bytes.source ? source : Vocabulary::from_bytes(bytes.target, origin)};
}

std::string note_of_wordpiece(const Vocabulary& vocabulary) {
  const std::string kind = Vocabulary::kind_of(vocabulary.bytes());
  return kind.starts_with("WordPiece") ? " (" + kind + ")" : "";
}

}  // namespace rotor

#include "data/given_vocabulary.h"

#include "model/model_file.h"

namespace rotor {

Vocabulary read_given_vocabulary(const std::filesystem::path& path, VocabularySide side,
                                 std::optional<bool> lower_case) {
  if (path.extension() != ".safetensors") return Vocabulary::from_file(path, lower_case);
  const VocabularyBytes bytes = read_vocabulary(open_model(path));
  return Vocabulary::from_bytes(side == VocabularySide::kTarget ? bytes.target : bytes.source, path.string());
}

std::string note_of_wordpiece(const Vocabulary& vocabulary) {
  const std::string kind = Vocabulary::kind_of(vocabulary.bytes());
  return kind.starts_with("WordPiece") ? " (" + kind + ")" : "";
}

}  // namespace rotor

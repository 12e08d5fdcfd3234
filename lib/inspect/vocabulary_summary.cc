#include "inspect/vocabulary_summary.h"

#include <fstream>
#include <utility>

#include "base/files.h"
#include "text/vocabulary.h"

namespace rotor {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

bool is_vocabulary_file(const fs::path& path) {
  if (path.extension() != ".model" && !path.filename().string().ends_with("vocab.txt")) return false;
  std::ifstream file(path, std::ios::binary);
  char start[9] = {};  // of safetensors the size of a JSON object, and its brace
  return !(file.read(start, sizeof start) && start[8] == '{');
}

Json vocabulary_record(const std::string& bytes, int64_t size) {
  return {{"kind", Vocabulary::kind_of(bytes)}, {"size", size}, {"sha256", sha256(bytes)}};
}

Json summarise_vocabulary(const fs::path& path) {
  const Vocabulary vocabulary = Vocabulary::from_file(path);
  Json summary{{"file", path.string()}, {"bytes", fs::file_size(path)}, {"kind", "vocabulary"}};
  summary["vocabulary"] = vocabulary_record(vocabulary.bytes(), vocabulary.size());
  const SpecialTokens& specials = vocabulary.specials();
  for (const auto& [name, id] : {std::pair("bos", specials.bos),
                                 {"pad", specials.pad},
                                 {"eos", specials.eos},
                                 {"unk", specials.unk},
                                 {"mask", specials.mask},
                                 {"start", specials.start}}) {
    if (id >= 0) summary["special_tokens"][name] = {{"id", id}, {"piece", vocabulary.piece(id)}};
  }
  return summary;
}

}  // namespace rotor

#include "data/completeness.h"

#include "base/check.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mapped_file.h"
#include "data/corpus_folder.h"

namespace rotor {

namespace fs = std::filesystem;

void check_complete(const fs::path& folder) {
  ROTOR_CHECK(
      !fs::exists(folder / "manifest.unfinished.json"),
      "{}: expected a complete corpus, but rotor-preprocess has not finished there, as its manifest.unfinished.json "
      "shows; wait for it, or run it again",
      folder.string());
  const fs::path manifest = folder / "manifest.json";
  if (!fs::exists(manifest)) {
    log::warn(
        "{} has no manifest.json, which rotor-preprocess writes last: if it was stopped there, splits are missing; run "
        "it again, unless the folder is one of an early version, which wrote none",
        folder.string());
    return;
  }
  const auto json = parse_json(MappedFile(manifest).bytes());
  ROTOR_CHECK(json.is_object() && json.contains("splits") && json["splits"].is_object(),
              "{}: expected a JSON object with the splits; run rotor-preprocess again", manifest.string());
  for (const auto& [split, record] : json["splits"].items()) {
    ROTOR_CHECK(
        fs::exists(split_path(folder, split)),
        "{}: expected the split \"{}\", which manifest.json names, but {} is missing; run rotor-preprocess again",
        folder.string(), split, split_path(folder, split).filename().string());
  }
}

}  // namespace rotor

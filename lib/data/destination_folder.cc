#include "data/destination_folder.h"

#include <system_error>
#include <utility>

#include "base/check.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// The files that CorpusWriter and write_atomically leave if they are killed.
void remove_half_written(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.find(".safetensors.") != name.npos && name.ends_with(".tmp")) fs::remove(entry.path(), ignored);
  }
  for (const char* prefix : {"vocabulary.model", "source.model", "target.model", "manifest."}) {
    remove_unfinished(folder, prefix);
  }
}

}  // namespace

DestinationFolder::DestinationFolder(fs::path path) : path_(std::move(path)) {
  std::error_code error;
  made_ = fs::create_directories(path_, error);
  ROTOR_CHECK(!error, "cannot make the folder {}: {}", path_.string(), error.message());
  lock_.emplace(path_);
  remove_half_written(path_);
}

DestinationFolder::~DestinationFolder() {
  std::error_code ignored;
  if (made_) fs::remove(path_, ignored);  // which spares a folder with files
}

}  // namespace rotor

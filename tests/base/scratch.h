// What tests of files and commands share: a folder that removes itself, and the text of a whole file.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace rotor {

/// An empty folder, removed with all it holds at the end of the test.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rotor.XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  /// Writes a file into the folder and returns its path.
  std::filesystem::path file(const std::string& name, std::string_view text) const {
    std::filesystem::remove(path_ / name);  // ext4 writes a file that was cut to nothing to disk at once: too slow here
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Whether `text` holds every part: EXPECT_TRUE(says(message, "line 2", "latin1.txt")).
template <typename... Parts>
testing::AssertionResult says(const std::string& text, const Parts&... parts) {
  for (const std::string& part : {std::string(parts)...}) {
    if (text.find(part) == text.npos) return testing::AssertionFailure() << "expected '" << part << "' in: " << text;
  }
  return testing::AssertionSuccess();
}

/// The text of the exception of type E that `body` throws; "(nothing thrown)" if it throws none.
template <typename E, typename Body>
std::string message_of(Body body) {
  try {
    body();
  } catch (const E& error) {
    return error.what();
  }
  return "(nothing thrown)";
}

}  // namespace rotor

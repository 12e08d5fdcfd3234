#include "base/compressed.h"

#include <boost/iostreams/concepts.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

#include "base/check.h"
#include "base/gzip_members.h"
#include "base/zstd_frames.h"

namespace rotor {

namespace fs = std::filesystem;
namespace io = boost::iostreams;

namespace {

constexpr std::streamsize kBuffer = 1 << 16;

/// Passes Zstandard data on, and fails where they end within a frame.
class WholeFrames : public io::multichar_input_filter {
 public:
  template <typename Source>
  std::streamsize read(Source& source, char* to, std::streamsize size) {
    const std::streamsize count = io::read(source, to, size);
    ROTOR_CHECK(count >= 0 || frames_.whole(), "the data end within a frame");
    if (count > 0) frames_.add({to, static_cast<size_t>(count)});
    return count;
  }

 private:
  ZstdFrames frames_;
};

/// Unpacks gzip data, and fails where they end within a member.
class Gunzip : public io::multichar_input_filter {
 public:
  template <typename Source>
  std::streamsize read(Source& source, char* to, std::streamsize size) {
    while (true) {
      if (const size_t count = state_->members.unpack(state_->left, to, size))
        return static_cast<std::streamsize>(count);
      const std::streamsize count = io::read(source, state_->buffer.data(), kBuffer);
      ROTOR_CHECK(count >= 0 || state_->members.whole(), "the data end within a member");
      if (count < 0) return count;
      state_->left = {state_->buffer.data(), static_cast<size_t>(count)};
    }
  }

 private:
  struct State {
    GzipMembers members;
    std::vector<char> buffer = std::vector<char>(kBuffer);
    std::string_view left;  ///< of the buffer
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();  // Boost copies filters
};

/// The bytes of a file that is open, which may be a pipe.
class OpenFile : public io::source {
 public:
  explicit OpenFile(std::shared_ptr<std::ifstream> file) : file_(std::move(file)) {}

  std::streamsize read(char* to, std::streamsize size) {
    file_->read(to, size);
    ROTOR_CHECK(!file_->bad(), "the system reports a read error");
    return file_->gcount() > 0 ? file_->gcount() : -1;
  }

 private:
  std::shared_ptr<std::ifstream> file_;  // Boost copies sources
};

}  // namespace

const std::vector<std::string>& compressed_endings() {
  static const std::vector<std::string> endings = {".gz", ".xz", ".zst"};
  return endings;
}

std::unique_ptr<std::istream> open_text(const fs::path& path) {
  std::error_code ignored;
  ROTOR_CHECK(!fs::is_directory(path, ignored), "expected a file to read, got the folder {}", path.string());
  auto file = std::make_unique<std::ifstream>(path, std::ios::binary);
  ROTOR_CHECK(file->is_open(), "cannot read {}: {}", path.string(), std::strerror(errno));
  const std::string ending = path.extension();
  auto stream = std::make_unique<io::filtering_istream>();
  if (ending == ".gz") {
    stream->push(Gunzip(), kBuffer);
  } else if (ending == ".xz") {
    stream->push(io::lzma_decompressor(kBuffer), kBuffer);
  } else if (ending == ".zst") {
    stream->push(io::zstd_decompressor(kBuffer), kBuffer);
    stream->push(WholeFrames(), kBuffer);
  } else {
    return file;
  }
  ROTOR_CHECK(file->peek() != std::char_traits<char>::eof(), "expected compressed data in {}, got an empty file",
              path.string());
  stream->push(OpenFile(std::move(file)), kBuffer);
  return stream;
}

}  // namespace rotor

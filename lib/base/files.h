// Files: text read line by line (plain, compressed, or standard input), and files that appear under their final name
// only when they are complete and on disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // OpenSSL's

namespace rotor {

/// The content of a file's lines: text, or bytes of any kind, which stay as they are.
enum class LineContent { kText, kBytes };

/// Reads lines of a file (.gz, .xz and .zst are unpacked), "-" for standard input. Of text a CR at the end of a line is
/// stripped and counted, and a line that is not valid UTF-8 is an Error naming file and line. Compressed data that are
/// truncated or corrupt are an Error too.
class LineReader {
 public:
  explicit LineReader(const std::filesystem::path& path, LineContent content = LineContent::kText);
  /// `in` must outlive the reader; messages call it `name`.
  LineReader(std::istream& in, std::string name);
  ~LineReader();
  LineReader(LineReader&&) noexcept;
  /// Reads the next line without its end; false at the end of the file.
  bool next(std::string& line);
  int64_t line_number() const { return line_; }          ///< number of the line last read, from 1
  int64_t carriage_returns() const { return returns_; }  ///< number of lines so far that ended in CR LF
  const std::string& name() const { return name_; }

 private:
  std::unique_ptr<std::istream> owned_;
  std::istream* in_;
  std::string name_;
  LineContent content_ = LineContent::kText;
  int64_t line_ = 0, returns_ = 0;
};

/// Calls `write` on a stream to a temporary file in the same folder, flushes it to disk, renames it to `path` and
/// flushes the folder. After any failure (full disk, unwritable folder, an exception of `write`) no file is left, and
/// the exception is rethrown, or an Error is thrown for a failure of the system. Links are followed; a device or pipe
/// is written to directly ("base/output_path.h").
void write_atomically(const std::filesystem::path& path, const std::function<void(std::ostream&)>& write);

/// Refuses, as an error of usage, an output that is the same file as one of the others. `option` names the output.
void refuse_to_replace(const std::string& option, const std::filesystem::path& output,
                       std::span<const std::filesystem::path> others);

/// Gives a complete file another name, atomically and durably: a hard link, or a copy where the file system has no
/// links.
void link_atomically(const std::filesystem::path& from, const std::filesystem::path& to);

/// Removes the temporary files that a killed process left while write_atomically() or link_atomically() made files in a
/// folder, if the files' names begin with `prefix`.
void remove_unfinished(const std::filesystem::path& folder, const std::string& prefix);

/// Locks a folder for one process until that process ends or destroys this object. A folder that another process has
/// locked, or that is not writable, is an Error. File systems without locks exclude nobody.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int file_;
};

/// SHA-256 in hexadecimal, of bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  std::string hex();  ///< digest of everything added; nothing can be added afterwards

 private:
  evp_md_ctx_st* context_;
};

std::string sha256(std::string_view bytes);
std::string sha256_of_file(const std::filesystem::path& path);

/// True if `text` is well-formed UTF-8 (no overlong forms, surrogates or values above U+10FFFF).
bool is_utf8(std::string_view text);

/// Takes the byte order mark (U+FEFF) that some programs write before a file's text off its first line.
void drop_byte_order_mark(std::string& line);

}  // namespace rotor

#include "base/files.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <ostream>
#include <streambuf>
#include <utility>

#include "base/check.h"
#include "base/compressed.h"
#include "base/mapped_file.h"
#include "base/output_path.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

/// A buffered stream to a file descriptor that remembers why a write failed.
class FileBuffer : public std::streambuf {
 public:
  explicit FileBuffer(int file) : file_(file), buffer_(1 << 20, '\0') { rewind(); }
  int error() const { return error_; }

 protected:
  int_type overflow(int_type c) override {
    if (sync() != 0) return traits_type::eof();
    if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }
  int sync() override {
    const bool written = put(pbase(), pptr() - pbase());
    rewind();
    return written ? 0 : -1;
  }
  std::streamsize xsputn(const char* data, std::streamsize size) override {
    if (size <= epptr() - pptr()) {
      std::copy_n(data, size, pptr());  // of no bytes, the data may be null
      pbump(static_cast<int>(size));
      return size;
    }
    return sync() == 0 && put(data, size) ? size : 0;
  }

 private:
  void rewind() { setp(buffer_.data(), buffer_.data() + buffer_.size()); }

  bool put(const char* data, std::streamsize size) {
    while (size > 0 && error_ == 0) {
      const ssize_t written = ::write(file_, data, size);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        error_ = errno;
        break;
      }
      data += written;
      size -= written;
    }
    return error_ == 0;
  }

  int file_;
  int error_ = 0;
  std::string buffer_;
};

/// A file open for writing, closed when destroyed and, unless kept, removed.
class OutputFile {
 public:
  OutputFile(fs::path path, int flags, bool temporary) : path_(std::move(path)), remove_(temporary) {
    file_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666);
    if (file_ < 0) remove_ = false;
  }
  ~OutputFile() {
    if (file_ >= 0) ::close(file_);
    if (remove_) ::unlink(path_.c_str());
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  int descriptor() const { return file_; }
  bool close() { return ::close(std::exchange(file_, -1)) == 0; }
  void keep() { remove_ = false; }

 private:
  fs::path path_;
  int file_ = -1;
  bool remove_;
};

/// The temporary path of a file before it gets its name; it is hidden, and differs from those of other processes.
fs::path temporary_name(const fs::path& file) {
  return folder_of(file) / fmt::format(".{}.{}.tmp", file.filename().string(), ::getpid());
}

bool is_compressed(const std::string& name) {
  const auto& endings = compressed_endings();
  return std::any_of(endings.begin(), endings.end(), [&](const std::string& ending) { return name.ends_with(ending); });
}

/// What compressed a text that begins so, and the command that unpacks it.
struct Compressor {
  std::string_view magic;
  const char *name, *unpacks;
};
constexpr Compressor kCompressors[] = {{"\x1f\x8b", "gzip", "zcat"},
                                       {"\xfd\x37zXZ", "xz", "xzcat"},
                                       {"\x28\xb5\x2f\xfd", "zstd", "zstdcat"},
                                       {"BZh", "bzip2", "bzcat"}};

[[noreturn]] void refuse_bytes(std::string_view line, int64_t number, const std::string& name) {
  for (const Compressor& compressor : kCompressors) {
    if (number > 1 || !line.starts_with(compressor.magic)) continue;
    fail("expected UTF-8 text, got data in {} that {} compressed; pipe them through {}", name, compressor.name,
         compressor.unpacks);
  }
  fail("expected UTF-8 text, got other bytes in line {} of {}; convert the file with iconv", number, name);
}

}  // namespace

LineReader::LineReader(const fs::path& path, LineContent content)
    : owned_(path == "-" ? nullptr : open_text(path)),
      in_(owned_ ? owned_.get() : &std::cin),
      name_(path == "-" ? "standard input" : path.string()),
      content_(content) {}

LineReader::LineReader(std::istream& in, std::string name) : in_(&in), name_(std::move(name)) {}

LineReader::~LineReader() = default;
LineReader::LineReader(LineReader&&) noexcept = default;

bool LineReader::next(std::string& line) {
  // getline sets badbit when the decompressor throws or the system fails to read, and failbit at the end.
  if (!std::getline(*in_, line)) {
    ROTOR_CHECK(
        !in_->bad(), "cannot read {} past line {}: {}", name_, line_,
        is_compressed(name_) ? "the compressed data are truncated or corrupt" : "the system reports a read error");
    return false;
  }
  ++line_;
  if (content_ == LineContent::kBytes) return true;
  if (line.ends_with('\r')) {
    line.pop_back();
    ++returns_;
  }
  if (!is_utf8(line)) refuse_bytes(line, line_, name_);
  return true;
}

void write_atomically(const fs::path& path, const std::function<void(std::ostream&)>& write) {
  const auto [target, special] = output_path(path);
  const fs::path temporary = temporary_name(target);

  OutputFile file(special ? target : temporary, special ? 0 : O_CREAT | O_TRUNC, !special);
  ROTOR_CHECK(file.descriptor() >= 0, "cannot write {}: {}", path.string(), std::strerror(errno));
  FileBuffer buffer(file.descriptor());
  std::ostream out(&buffer);
  write(out);
  out.flush();
  ROTOR_CHECK(buffer.error() == 0, "cannot write {}: {}", path.string(), std::strerror(buffer.error()));
  ROTOR_CHECK(out.good(), "cannot write {}: its contents could not be produced", path.string());
  if (special) return;
  ROTOR_CHECK(::fsync(file.descriptor()) == 0 && file.close(), "cannot write {}: {}", path.string(),
              std::strerror(errno));
  ROTOR_CHECK(::rename(temporary.c_str(), target.c_str()) == 0, "cannot write {}: {}", path.string(),
              std::strerror(errno));
  file.keep();
  sync_folder(folder_of(target));
}

void refuse_to_replace(const std::string& option, const fs::path& output, std::span<const fs::path> others) {
  std::error_code ignored;
  if (!fs::is_regular_file(output, ignored)) return;
  for (const fs::path& other : others) {
    if (!fs::equivalent(other, output, ignored)) continue;
    throw UsageError(
        fmt::format("{} {} is another file of this command; give it another name", option, output.string()));
  }
}

void link_atomically(const fs::path& from, const fs::path& to) {
  const fs::path temporary = temporary_name(to);
  ::unlink(temporary.c_str());
  if (::link(from.c_str(), temporary.c_str()) != 0) {
    const MappedFile file(from);
    write_atomically(to, [&](std::ostream& out) { out << file.bytes(); });
    return;
  }
  const int error = ::rename(temporary.c_str(), to.c_str()) == 0 ? 0 : errno;
  ::unlink(temporary.c_str());  // still there after a failure, and where both names are the same file's already
  ROTOR_CHECK(error == 0, "cannot write {}: {}", to.string(), std::strerror(error));
  sync_folder(folder_of(to));
}

void remove_unfinished(const fs::path& folder, const std::string& prefix) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("." + prefix) && name.ends_with(".tmp")) fs::remove(entry.path(), ignored);
  }
}

FolderLock::FolderLock(const fs::path& folder) : file_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  const bool writable = file_ >= 0 && ::access(folder.c_str(), W_OK) == 0;
  const int error = errno;
  const bool taken = writable && ::flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (writable && !taken) return;
  ::close(file_);
  ROTOR_CHECK(writable, "cannot write to the folder {}: {}; choose another", folder.string(), std::strerror(error));
  fail("another process is at work in {}; wait for its end, or choose another folder", folder.string());
}

FolderLock::~FolderLock() {
  ::close(file_);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  ROTOR_CHECK(context_ && EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1, "SHA-256 is not available");
}

Sha256::~Sha256() {
  EVP_MD_CTX_free(context_);
}

void Sha256::add(std::string_view bytes) {
  ROTOR_CHECK(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1, "SHA-256 is not available");
}

std::string Sha256::hex() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ROTOR_CHECK(EVP_DigestFinal_ex(context_, digest, &size) == 1, "SHA-256 is not available");
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

std::string sha256(std::string_view bytes) {
  Sha256 digest;
  digest.add(bytes);
  return digest.hex();
}

std::string sha256_of_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  ROTOR_CHECK(in.is_open(), "cannot read {}: {}", path.string(), std::strerror(errno));
  Sha256 digest;
  std::string buffer(1 << 20, '\0');
  while (in.read(buffer.data(), std::ssize(buffer)) || in.gcount() > 0) {
    digest.add(std::string_view(buffer).substr(0, in.gcount()));
  }
  ROTOR_CHECK(!in.bad(), "cannot read {}: the system reports a read error", path.string());
  return digest.hex();
}

bool is_utf8(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = p + text.size();
  while (p < end) {
    for (uint64_t eight; end - p >= 8 && (std::memcpy(&eight, p, 8), (eight & 0x8080808080808080u) == 0);) p += 8;
    if (p == end) break;
    const unsigned lead = *p++;
    if (lead < 0x80) continue;
    const int more = lead >= 0xc2 && lead < 0xe0   ? 1
                     : lead >= 0xe0 && lead < 0xf0 ? 2
                     : lead >= 0xf0 && lead < 0xf5 ? 3
                                                   : 0;
    if (more == 0 || end - p < more) return false;
    uint32_t code = lead & (0x3fu >> more);
    for (int i = 0; i < more; ++i, ++p) {
      if ((*p & 0xc0) != 0x80) return false;
      code = code << 6 | (*p & 0x3f);
    }
    if (more == 2 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) return false;
    if (more == 3 && (code < 0x10000 || code > 0x10ffff)) return false;
  }
  return true;
}

void drop_byte_order_mark(std::string& line) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (line.starts_with(kMark)) line.erase(0, kMark.size());
}

}  // namespace rotor

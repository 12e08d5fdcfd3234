#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace rotor {

namespace fs = std::filesystem;

MappedFile::MappedFile(const fs::path& path) : path_(path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  ROTOR_CHECK(file >= 0, "cannot read {}: {}", path.string(), std::strerror(errno));
  struct stat status = {};
  const bool regular = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  void* mapped = nullptr;
  if (regular && status.st_size > 0) {
    size_ = static_cast<size_t>(status.st_size);
    mapped = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
  }
  const int error = errno;
  ::close(file);
  ROTOR_CHECK(regular, "expected a regular file, got {}", path.string());
  ROTOR_CHECK(mapped != MAP_FAILED, "cannot map {} into memory: {}", path.string(), std::strerror(error));
  data_ = static_cast<const char*>(mapped);
}

MappedFile::~MappedFile() {
  if (size_ > 0) ::munmap(const_cast<char*>(data_), size_);
}

void MappedFile::forget(std::string_view part) const {
  const size_t page = ::sysconf(_SC_PAGESIZE);
  const auto first = reinterpret_cast<uintptr_t>(part.data()), last = first + part.size();
  const uintptr_t begin = (first + page - 1) / page * page, end = last / page * page;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace rotor

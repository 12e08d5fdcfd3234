#include "base/compressed.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <map>
#include <sstream>
#include <thread>

#include "base/check.h"
#include "base/files.h"
#include "base/random.h"
#include "base/scratch.h"

namespace rotor {
namespace {

namespace io = boost::iostreams;

/// A test of each ending.
class Compressed : public testing::TestWithParam<std::string> {
 protected:
  std::string pack(const std::string& text) const {
    std::ostringstream packed;
    io::filtering_ostream out;
    if (GetParam() == ".gz") out.push(io::gzip_compressor());
    if (GetParam() == ".xz") out.push(io::lzma_compressor());
    if (GetParam() == ".zst") out.push(io::zstd_compressor());
    out.push(packed);
    out << text;
    io::close(out);
    return packed.str();
  }

  std::string lines_of(const std::string& packed) const {
    LineReader reader(folder_.file("text" + GetParam(), packed));
    std::string text;
    for (std::string line; reader.next(line);) text += line + "\n";
    return text;
  }

  std::string refusal(const std::string& packed) const {
    return message_of<Error>([&] { lines_of(packed); });
  }

  static std::string numbers(size_t size) {
    std::string text;
    for (Random random(1); text.size() < size;) text += std::to_string(random.bits()) + "\n";
    return text;
  }

 private:
  ScratchFolder folder_;
};

TEST_P(Compressed, IsReadAsTheTextItWas) {
  for (size_t size : {0, 1, 100, 70'000, 500'000}) EXPECT_EQ(lines_of(pack(numbers(size))), numbers(size)) << size;
}

TEST_P(Compressed, MayHaveSeveralParts) {
  // Parts that end where a buffer does, and empty ones.
  for (size_t size : {0, 20, 4096, 65'536, 131'072}) {
    std::string first(size, 'x');
    for (size_t i = 63; i < size; i += 64) first[i] = '\n';
    if (size > 0) first.back() = '\n';
    EXPECT_EQ(lines_of(pack(first) + pack("") + pack(numbers(70'000)) + pack("end\n")),
              first + numbers(70'000) + "end\n")
        << size;
  }
}

TEST_P(Compressed, CutOffAnywhereIsAnError) {
  const std::string packed = pack(numbers(600));
  for (size_t size = 0; size < packed.size(); ++size) {
    EXPECT_TRUE(says(refusal(packed.substr(0, size)), "text" + GetParam())) << size << " of " << packed.size();
  }
}

TEST_P(Compressed, FollowedByOtherBytesOrNotCompressedAtAllIsAnError) {
  EXPECT_TRUE(says(refusal(pack(numbers(600)) + "and other bytes"), "text" + GetParam()));
  EXPECT_TRUE(says(refusal(numbers(600)), "text" + GetParam(), "truncated or corrupt"));
}

TEST_P(Compressed, MayBePaddedWithZerosAsItsOwnToolAllows) {
  const std::string packed = pack(numbers(600)) + pack("end\n");
  const std::map<std::string, std::vector<size_t>> allowed = {{".gz", {1, 8, 512, 65'536, 200'000}}, {".xz", {4, 512}}};
  const auto zeros = allowed.find(GetParam());
  if (zeros == allowed.end()) {
    EXPECT_TRUE(says(refusal(packed + std::string(512, '\0')), "truncated or corrupt"));
    return;
  }
  for (size_t count : zeros->second) {
    const std::string padded = packed + std::string(count, '\0');
    EXPECT_EQ(lines_of(padded), numbers(600) + "end\n") << count;
    EXPECT_TRUE(says(refusal(padded + "x"), "truncated or corrupt")) << count;
  }
}

TEST_P(Compressed, ComesThroughAPipeToo) {
  const ScratchFolder folder;
  const std::string path = folder / ("pipe" + GetParam());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::jthread writer([&] { std::ofstream(path, std::ios::binary) << pack(numbers(70'000)); });
  LineReader reader(path);
  std::string text;
  for (std::string line; reader.next(line);) text += line + "\n";
  EXPECT_EQ(text, numbers(70'000));
}

INSTANTIATE_TEST_SUITE_P(Endings, Compressed, testing::ValuesIn(compressed_endings()),
                         [](const auto& info) { return info.param.substr(1); });

}  // namespace
}  // namespace rotor

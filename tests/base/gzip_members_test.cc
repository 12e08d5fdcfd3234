#include "base/gzip_members.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/check.h"
#include "base/random.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// A gzip member of the text, by zlib.
std::string member(const std::string& text) {
  z_stream stream = {};
  constexpr int kGzip = 16, kMemory = 8;
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + kGzip, kMemory, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

struct Unpacked {
  std::string text;
  bool whole;
};

/// Unpacks data that come `in` bytes at a time, into room for `out` bytes.
Unpacked unpack(const std::string& packed, size_t in = 1 << 20, size_t out = 1 << 20) {
  GzipMembers members;
  std::string text, room(out, '\0');
  for (size_t begin = 0; begin < packed.size(); begin += in) {
    std::string_view piece = std::string_view(packed).substr(begin, in);
    while (const size_t written = members.unpack(piece, room.data(), out)) text.append(room, 0, written);
    EXPECT_TRUE(piece.empty());
  }
  return {text, members.whole()};
}

std::string numbers(size_t size) {
  std::string text;
  for (Random random(1); text.size() < size;) text += std::to_string(random.bits()) + "\n";
  return text;
}

TEST(GzipMembers, AreReadAsOneTextHoweverTheyComeInPieces) {
  const std::string text = numbers(3000), packed = member(text) + member("") + member("end");
  for (const size_t in : {1, 7, 100'000}) {
    for (const size_t out : {1, 64, 100'000}) {
      const Unpacked found = unpack(packed, in, out);
      EXPECT_TRUE(found.text == text + "end") << in << " bytes in, " << out << " out";
      EXPECT_TRUE(found.whole);
    }
  }
}

TEST(GzipMembers, MayBeFollowedByZeros) {
  for (const size_t zeros : {1, 512, 5000}) {
    const Unpacked found = unpack(member("a") + member("b") + std::string(zeros, '\0'), 100);
    EXPECT_EQ(found.text, "ab") << zeros;
    EXPECT_TRUE(found.whole) << zeros;
  }
}

TEST(GzipMembers, AreNotWholeBeforeTheirLastByte) {
  const std::string packed = member("a text");
  EXPECT_FALSE(unpack("").whole) << "no member has come";
  for (size_t size = 1; size < packed.size(); ++size) EXPECT_FALSE(unpack(packed.substr(0, size)).whole) << size;
}

TEST(GzipMembers, RefuseOtherBytes) {
  const std::string packed = member("a text");
  EXPECT_TRUE(says(message_of<Error>([] { unpack("no gzip at all"); }), "corrupt"));
  EXPECT_TRUE(says(message_of<Error>([&] { unpack(packed + "more"); }), "corrupt"));
  for (const std::string& behind : {std::string("more"), packed}) {
    EXPECT_TRUE(says(message_of<Error>([&] { unpack(packed + std::string(3, '\0') + behind); }), "zeros alone"));
  }
  std::string wrong = packed;
  wrong[wrong.size() - 6] ^= 1;  // of the checksum
  EXPECT_TRUE(says(message_of<Error>([&] { unpack(wrong); }), "corrupt"));
}

}  // namespace
}  // namespace rotor

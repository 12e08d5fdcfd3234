#include "base/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <csignal>

#include "base/check.h"
#include "base/random.h"
#include "base/scratch.h"

namespace {

/// What was flushed and renamed, in order: "flush model", "name model".
std::vector<std::string> to_disk;

}  // namespace

// In the place of the system's, to see when they are called.
extern "C" int fsync(int file) {
  std::error_code ignored;
  to_disk.push_back(
      "flush " + std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), ignored).filename().string());
  return static_cast<int>(syscall(SYS_fsync, file));
}
extern "C" int rename(const char* from, const char* to) noexcept {
  to_disk.push_back("name " + std::filesystem::path(to).filename().string());
  return static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

namespace rotor {
namespace {

std::string gzip(const std::string& text) {
  std::string packed;
  boost::iostreams::filtering_ostream out;
  out.push(boost::iostreams::gzip_compressor());
  out.push(boost::iostreams::back_inserter(packed));
  out << text;
  boost::iostreams::close(out);
  return packed;
}

std::vector<std::string> lines_of(LineReader reader) {
  std::vector<std::string> lines;
  for (std::string line; reader.next(line);) lines.push_back(line);
  return lines;
}

size_t files_in(const ScratchFolder& folder) {
  return std::distance(std::filesystem::directory_iterator(folder.path()), {});
}

TEST(LineReader, LeavesBytesAsTheyAre) {
  const ScratchFolder folder;
  LineReader reader(folder.file("bytes", "a\r\n\xff\xfe\n\nlast\r"), LineContent::kBytes);
  std::vector<std::string> lines;
  for (std::string line; reader.next(line);) lines.push_back(line);
  EXPECT_EQ(lines, (std::vector<std::string>{"a\r", "\xff\xfe", "", "last\r"}));
  EXPECT_EQ(reader.carriage_returns(), 0);
}

TEST(LineReader, ReadsLinesAndCountsCarriageReturns) {
  const ScratchFolder folder;
  LineReader reader(folder.file("text", "one\r\n\ntwo \r\nlast"));
  std::vector<std::string> lines;
  for (std::string line; reader.next(line);) lines.push_back(line);
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "", "two ", "last"}));
  EXPECT_EQ(reader.line_number(), 4);
  EXPECT_EQ(reader.carriage_returns(), 2);
}

TEST(LineReader, AnEmptyFileHasNoLines) {
  ScratchFolder folder;
  EXPECT_TRUE(lines_of(LineReader(folder.file("empty", ""))).empty());
  EXPECT_TRUE(lines_of(LineReader(folder.file("empty.gz", gzip("")))).empty());
}

TEST(LineReader, ReadsGzipOfSeveralMembers) {
  ScratchFolder folder;
  const auto path = folder.file("text.gz", gzip("a\nb\n") + gzip("c\n"));
  EXPECT_EQ(lines_of(LineReader(path)), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(LineReader, GzipCutOffAnywhereIsAnError) {
  ScratchFolder folder;
  std::string text;
  Random random(1);
  while (text.size() < 600) text += std::to_string(random.bits()) + "\n";
  const std::string packed = gzip(text);
  for (size_t size = 0; size < packed.size(); ++size) {
    const auto path = folder.file("text.gz", packed.substr(0, size));
    EXPECT_TRUE(says(message_of<Error>([&] { lines_of(LineReader(path)); }), "text.gz")) << size;
  }
  EXPECT_TRUE(says(message_of<Error>([&] { lines_of(LineReader(folder.file("plain.gz", text))); }), "plain.gz"));
}

TEST(LineReader, GzipWithAWrongByteIsAnError) {
  ScratchFolder folder;
  std::string text;
  Random random(2);
  while (text.size() < 300) text += std::to_string(random.bits()) + "\n";
  const std::string packed = gzip(text);
  // From the end of the header (time and system) to the last whole byte of the data, then the check sum.
  for (size_t i = 10; i + 4 < packed.size(); ++i) {
    if (i + 9 == packed.size()) continue;
    std::string wrong = packed;
    wrong[i] ^= 0x10;
    EXPECT_TRUE(says(message_of<Error>([&] { lines_of(LineReader(folder.file("text.gz", wrong))); }), "text.gz")) << i;
  }
}

TEST(LineReader, OtherThanUtf8IsAnErrorNamingFileAndLine) {
  ScratchFolder folder;
  const auto path = folder.file("latin1.txt", "gut\nsch\xf6n\n");
  EXPECT_TRUE(says(message_of<Error>([&] { lines_of(LineReader(path)); }), "line 2", "latin1.txt"));
}

TEST(LineReader, CompressedDataWithAnotherNameAreCalledSo) {
  ScratchFolder folder;
  const auto refusal = [&](const std::string& bytes) {
    return message_of<Error>([&] { lines_of(LineReader(folder.file("text", bytes))); });
  };
  EXPECT_TRUE(says(refusal(gzip(std::string(100, 'a'))), "text that gzip compressed; pipe them through zcat"));
  EXPECT_TRUE(says(refusal(std::string("\xfd"
                                       "7zXZ\0\0",
                                       7)),
                   "text that xz compressed; pipe them through xzcat"));
  EXPECT_TRUE(says(refusal("\x28\xb5\x2f\xfd\x04"), "text that zstd compressed; pipe them through zstdcat"));
  EXPECT_TRUE(says(refusal("BZh91AY&SY\xff"), "text that bzip2 compressed; pipe them through bzcat"));
  EXPECT_TRUE(says(refusal("a\nBZh\xff"), "in line 2", "iconv"));
}

TEST(LineReader, WhatCannotBeReadIsNamed) {
  ScratchFolder folder;
  EXPECT_TRUE(says(message_of<Error>([&] { LineReader reader(folder / "none"); }), "none: No such file"));
  EXPECT_TRUE(says(message_of<Error>([&] { LineReader reader(folder.path()); }), "folder"));
}

TEST(Utf8, AcceptsExactlyWellFormedText) {
  for (std::string text : {"", "plain", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "a\u00e4\u20ac\U0001f600z"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (std::string text :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(text)) << testing::PrintToString(text);
  }
}

TEST(ByteOrderMark, IsDroppedOnce) {
  for (const auto& [text, rest] : std::vector<std::pair<std::string, std::string>>{
           {"\ufeffa", "a"}, {"\ufeff", ""}, {"\ufeff\ufeffa", "\ufeffa"}, {"a\ufeff", "a\ufeff"}, {"", ""}}) {
    std::string line = text;
    drop_byte_order_mark(line);
    EXPECT_EQ(line, rest);
  }
}

TEST(WriteAtomically, ReplacesAFileWhole) {
  ScratchFolder folder;
  const auto path = folder.file("model", "old");
  const std::string large(3 << 20, 'x');
  write_atomically(path, [&](std::ostream& out) {
    out << "new " << 1;
    out.put(' ') << large;
    EXPECT_EQ(text_of(path), "old");
  });
  EXPECT_EQ(text_of(path), "new 1 " + large);
  EXPECT_EQ(files_in(folder), 1u);
}

TEST(WriteAtomically, LeavesNothingAfterAFailure) {
  ScratchFolder folder;
  const auto path = folder.file("model", "old");
  EXPECT_THROW(write_atomically(path,
                                [](std::ostream& out) {
                                  out << "half";
                                  fail("no more");
                                }),
               Error);
  EXPECT_THROW(write_atomically(path, [](std::ostream& out) { out.setstate(std::ios::failbit); }), Error);
  EXPECT_EQ(text_of(path), "old");
  EXPECT_EQ(files_in(folder), 1u);
}

TEST(WriteAtomically, SaysWhyTheSystemRefused) {
  ScratchFolder folder;
  const auto write = [](const std::filesystem::path& path) {
    return message_of<Error>([&] { write_atomically(path, [](std::ostream& out) { out << "text"; }); });
  };
  EXPECT_TRUE(says(write(folder / "none" / "model"), "No such file"));
  EXPECT_TRUE(says(write(folder.path()), "folder"));
  EXPECT_EQ(write("/dev/full"), "cannot write /dev/full: No space left on device");
  EXPECT_TRUE(says(write(folder.file("plain", "") / "model"), "Not a directory"));
}

TEST(WriteAtomically, FlushesAFileBeforeItHasItsNameAndTheFolderAfter) {
  ScratchFolder folder;
  to_disk.clear();
  write_atomically(folder / "model", [](std::ostream& out) { out << "text"; });
  const std::string folder_name = folder.path().filename();
  ASSERT_EQ(to_disk.size(), 3u);
  EXPECT_TRUE(says(to_disk[0], "flush .model."));
  EXPECT_EQ(to_disk[1], "name model");
  EXPECT_EQ(to_disk[2], "flush " + folder_name);
  to_disk.clear();
  link_atomically(folder / "model", folder / "best");
  EXPECT_EQ(to_disk, (std::vector<std::string>{"name best", "flush " + folder_name}));
}

TEST(WriteAtomically, KeepsTheOldFileWhereTheNewOneIsTooLarge) {
  ScratchFolder folder;
  const auto path = folder.file("model", "old");
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small = {.rlim_cur = 1 << 20, .rlim_max = before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string message =
      message_of<Error>([&] { write_atomically(path, [](std::ostream& out) { out << std::string(2 << 20, 'x'); }); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(message, "cannot write " + path.string() + ": File too large");
  EXPECT_EQ(text_of(path), "old");
  EXPECT_EQ(files_in(folder), 1u);
}

TEST(WriteAtomically, KeepsLinksAndDevices) {
  ScratchFolder folder;
  const auto path = folder.file("model", "old");
  std::filesystem::create_symlink(path, folder / "link");
  write_atomically(folder / "link", [](std::ostream& out) { out << "new"; });
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(text_of(path), "new");
  std::filesystem::remove(path);  // which the link still names
  write_atomically(folder / "link", [](std::ostream& out) { out << "again"; });
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(text_of(path), "again");
  write_atomically("/dev/null", [](std::ostream& out) { out << "gone"; });
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(LinkAtomically, GivesAFileASecondName) {
  ScratchFolder folder;
  const auto last = folder.file("last", "new"), best = folder.file("best", "old");
  link_atomically(last, best);
  EXPECT_EQ(text_of(best), "new");
  link_atomically(last, best);
  EXPECT_EQ(files_in(folder), 2u) << "the same file twice leaves nothing more";
  write_atomically(last, [](std::ostream& out) { out << "newer"; });
  EXPECT_EQ(text_of(best), "new") << "the second name stays with its file";
  EXPECT_TRUE(says(message_of<Error>([&] { link_atomically(folder / "none", best); }), "none: No such file"));
  EXPECT_TRUE(says(message_of<Error>([&] { link_atomically(last, folder / "none" / "best"); }), "cannot write"));
  EXPECT_EQ(text_of(best), "new");
}

TEST(LinkAtomically, CopiesToAnotherFileSystem) {
  const std::filesystem::path elsewhere = "/dev/shm/rotor_files_test." + std::to_string(getpid());
  ScratchFolder folder;
  link_atomically(folder.file("last", "text"), elsewhere);
  EXPECT_EQ(text_of(elsewhere), "text");
  std::filesystem::remove(elsewhere);
}

TEST(RemoveUnfinished, RemovesWhatAKilledProcessLeft) {
  ScratchFolder folder;
  for (const char* name : {".checkpoint_last.17.tmp", ".average.17.tmp", "checkpoint_last", ".checkpoint_x"}) {
    folder.file(name, "");
  }
  remove_unfinished(folder.path(), "checkpoint_");
  EXPECT_FALSE(std::filesystem::exists(folder / ".checkpoint_last.17.tmp"));
  EXPECT_EQ(files_in(folder), 3u);
}

TEST(FolderLock, KeepsOthersOutWhileItLives) {
  ScratchFolder folder;
  {
    const FolderLock lock(folder.path());
    EXPECT_TRUE(says(message_of<Error>([&] { FolderLock second(folder.path()); }), folder.path(), "another process"));
  }
  const FolderLock again(folder.path());
  EXPECT_TRUE(says(message_of<Error>([&] { FolderLock lock(folder / "none"); }), "none: No such file"));
}

TEST(Sha256, MatchesTheStandardsExamples) {  // FIPS 180-4
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace rotor

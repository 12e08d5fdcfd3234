#include "base/mapped_file.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/command.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(MappedFile, HoldsTheBytesOfTheFile) {
  ScratchFolder folder;
  const std::string text("a\0b", 3);
  EXPECT_EQ(MappedFile(folder.file("some", text)).bytes(), text);
  EXPECT_EQ(MappedFile(folder.file("empty", "")).bytes(), "");
  const std::string long_text(100'000, 'x');
  const MappedFile file(folder.file("long", long_text));
  file.forget(file.bytes().substr(10, 90'000));
  EXPECT_EQ(file.bytes(), long_text);
  EXPECT_TRUE(says(message_of<Error>([&] { MappedFile file(folder / "none"); }), "none: No such file"));
  EXPECT_TRUE(says(message_of<Error>([&] { MappedFile file(folder.path()); }), "regular file"));
}

TEST(MappedFile, ThatIsCutShortEndsACommandByOneLine) {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.file("long", std::string(100'000, 'x'));
  const Outcome outcome = run_as_command([&] {
    const MappedFile file(path);
    std::filesystem::resize_file(path, 1);
    const volatile char last = file.bytes().back();
    static_cast<void>(last);
  });
  EXPECT_EQ(exit_code(outcome), 1);
  EXPECT_EQ(outcome.err, "base_tests: a file in use was cut short or cannot be read; replace files by mv, not by cp\n");
}

}  // namespace
}  // namespace rotor

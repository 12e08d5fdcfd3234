// What `make install` installs: shell completions, man pages, and a CMake package that another project finds.
#include "system/option_tables.h"

namespace rotor {
namespace {

const std::string kBuild = std::filesystem::path(ROTOR_BIN).parent_path();

/// What bash offers for the last word of a command line.
std::string completed(const ScratchFolder& folder, const std::string& line) {
  return run(folder, "bash -c 'eval \"$(rotor-train --completion bash)\"; COMP_WORDS=(" + line +
                         "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _rotor_train; echo ${COMPREPLY[@]}'")
      .out;
}

TEST(Completion, OfBashCompletesOptionsAndTheirChoices) {
  const ScratchFolder folder;
  EXPECT_EQ(completed(folder, "rotor-train corpus --warm"), "--warmup-updates --warmup-ratio --warmup-init-lr\n");
  EXPECT_EQ(completed(folder, "rotor-train --position-encoding t"), "transformer-xl t5 tupe\n");
  EXPECT_EQ(completed(folder, "rotor-train --position-encoding = tu"), "tupe\n");
  EXPECT_EQ(completed(folder, "rotor-train --position-encoding ="),
            completed(folder, "rotor-train --position-encoding \"\""));
  EXPECT_EQ(completed(folder, "rotor-train cor"), "\n");  // bash's own completion of files comes next
}

TEST(Completion, OfEveryCommandIsReadByItsShell) {
  const ScratchFolder folder;
  const bool zsh = run(folder, "zsh --version").exit_code == 0;
  for (const std::string& command : kCommands) {
    const std::string made = command + " --completion ";
    EXPECT_EQ(run(folder, made + "bash | bash -n").exit_code, 0) << command;
    EXPECT_EQ(run(folder, made + "bash | cmp - " + kBuild + "/share/bash/" + command).exit_code, 0) << command;
    if (!zsh) continue;
    const CommandResult loaded =
        run(folder, made + "zsh > _it && zsh -fc 'autoload -U compinit && compinit -D && source ./_it'");
    EXPECT_EQ(loaded.exit_code, 0) << loaded.err;
  }
}

TEST(ManPages, TellEveryCommandsPurposeUsageAndOptions) {
  const ScratchFolder folder;
  if (run(folder, "help2man --version").exit_code != 0) GTEST_SKIP() << "help2man is not installed";
  for (const std::string& command : kCommands) {
    const CommandResult page = run(folder, "gzip -dc " + kBuild + "/share/man/" + command + ".1.gz");
    ASSERT_EQ(page.exit_code, 0) << page.err;
    EXPECT_TRUE(says(page.out, ".SH NAME\n" + command + " \\- ", ".SH SYNOPSIS\n", ".SH DESCRIPTION\n",
                     "\\-\\-config\\fR FILE\n",
                     "\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nshow the options used most, and exit\n"));
    EXPECT_EQ(page.out.find("manual page for"), std::string::npos) << "no purpose of its own";
  }
}

TEST(Package, IsFoundByAnotherProjectWithLibraryHeadersAndVersion) {
  const ScratchFolder folder;
  folder.file("CMakeLists.txt",
              "cmake_minimum_required(VERSION 3.22)\nproject(user CXX)\nfind_package(rotor 0.1 REQUIRED)\n"
              "add_executable(user main.cc)\ntarget_link_libraries(user PRIVATE rotor::rotor)\n");
  folder.file("main.cc",
              "#include <iostream>\n#include \"score/bleu.h\"\nint main() {\n"
              "  const rotor::Segments segments = {\"a b c d e\"};\n"
              "  std::cout << rotor::corpus_bleu(segments, {{segments}}).score << ' ' << ROTOR_VERSION << '\\n';\n}\n");
  const CommandResult built =
      run(folder, "cmake --install " + kBuild +
                      " --component development --prefix installed && "
                      "cmake -S . -B build -DCMAKE_PREFIX_PATH=\"$PWD/installed\" && cmake --build build");
  ASSERT_EQ(built.exit_code, 0) << built.out << built.err;
  EXPECT_EQ(run(folder, "build/user").out, "100 " ROTOR_VERSION "\n");
  const CommandResult newer = run(folder, "sed -i 's/rotor 0.1/rotor 0.99/' CMakeLists.txt && cmake build");
  EXPECT_NE(newer.exit_code, 0);
  EXPECT_TRUE(says(newer.err, "0.99"));
}

}  // namespace
}  // namespace rotor

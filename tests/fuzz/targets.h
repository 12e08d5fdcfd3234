// What is done with bytes from strangers: each function takes any bytes as one kind of input and does with them all
// that a command would. An Error is as it should be; anything else (another exception, a crash, what a sanitizer finds,
// memory beyond what the bytes justify) is a fault. libFuzzer calls them (fuzzer.cc), and a test on the seeds
// (seeds_test.cc).
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/command_line.h"
#include "base/json.h"
#include "data/corpus.h"
#include "format/checksums.h"
#include "text/vocabulary.h"

namespace rotor {
namespace fuzz {

/// Some bytes as a file that has a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : file_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written <= 0) std::abort();
      bytes.remove_prefix(static_cast<size_t>(written));
    }
  }
  ~MemoryFile() { ::close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

template <typename Body>
void allowing_errors(Body body) {
  try {
    body();
  } catch (const Error&) {
  } catch (const CommandLine::Exit&) {
  }
}

/// Options of every type, as the commands have them.
struct EveryType {
  bool flag = false;
  int64_t number = 5;
  double real = 0.5;
  std::string text = "text", choice = "one";
  std::vector<std::string> list, positional;

  void describe(Options& options) {
    options.positional("inputs", &positional, "files", /*required=*/false);
    options.group("Group");
    options.add("flag", &flag, "a flag");
    options.add("number", &number, "a number").also("-n").at_least(-1000);
    options.add("real", &real, "a number").also("-r").at_most(1000).may_be_infinite();
    options.add("text", &text, "a text");
    options.add("choice", &choice, "a choice", {"one", "two"});
    options.add("list", &list, "a list");
  }
};

template <typename Body>
void with_options(Body body) {
  allowing_errors([&] {
    EveryType values;
    CommandLine options("fuzz", "fuzz [options]", "Takes anything.");
    values.describe(options);
    body(options);
    // What was read can be written and read again.
    const MemoryFile ini(options.to_ini());
    EveryType again;
    CommandLine reread("fuzz", "fuzz [options]", "Takes anything.");
    again.describe(reread);
    const std::string path = ini.path();
    const char* const arguments[] = {"fuzz", "--config", path.c_str()};
    reread.parse(3, arguments);
    if (reread.to_ini() != options.to_ini()) std::abort();
  });
}

}  // namespace fuzz

/// A safetensors file: every tensor, the metadata, the checksums.
inline void fuzz_safetensors(std::string_view bytes) {
  const fuzz::MemoryFile data(bytes);
  fuzz::allowing_errors([&] {
    const SafeTensors file(data.path());
    for (const auto& [name, stored] : file.tensors()) {
      fuzz::allowing_errors([&] { file.tensor(name); });
      fuzz::allowing_errors([&] {
        const auto all = file.elements<uint16_t>(name);
        if (std::accumulate(all.begin(), all.end(), uint64_t{0}) > 0xffff * all.size()) std::abort();
      });
    }
    for (const auto& [key, value] : file.metadata()) file.metadata(key);
    damaged_parts(file);
  });
}

/// A corpus: every sentence.
inline void fuzz_corpus(std::string_view bytes) {
  const fuzz::MemoryFile data(bytes);
  fuzz::allowing_errors([&] {
    const Corpus corpus(data.path());
    for (const CorpusColumn& column : corpus.columns()) {
      for (int64_t i = 0; i < corpus.size(); ++i) {
        fuzz::allowing_errors([&] { column.ids(i); });
        if (column.length(i) < 1) std::abort();
        if (column.has_text()) column.text(i);
      }
      column.tokens();
    }
    for (const uint64_t end : corpus.document_ends()) {
      if (static_cast<int64_t>(end) > corpus.size()) std::abort();
    }
  });
}

/// A vocabulary of any kind: encodes and decodes.
inline void fuzz_vocabulary(std::string_view bytes) {
  fuzz::allowing_errors([&] {
    const Vocabulary vocabulary = Vocabulary::from_bytes(std::string(bytes));
    for (const char* text : {"", "a dog", "3 1 4 1 5", "\u00e4\u4e2d\U0001f600 x"}) {
      fuzz::allowing_errors([&] { vocabulary.decode(vocabulary.encode(text)); });
    }
    std::vector<int32_t> ids(vocabulary.size());
    std::iota(ids.begin(), ids.end(), 0);
    fuzz::allowing_errors([&] { vocabulary.decode(ids); });
    for (const int32_t id : ids) vocabulary.piece(id);
  });
}

/// Options: as words of a command line, as an .ini file, as JSON.
inline void fuzz_options(std::string_view bytes) {
  fuzz::with_options([&](CommandLine& options) {
    std::vector<std::string> words = {"fuzz"};
    for (size_t begin = 0; begin < bytes.size() && words.size() < 100;) {
      const size_t end = std::min(bytes.find('\n', begin), bytes.size());
      words.emplace_back(bytes.substr(begin, end - begin));
      begin = end + 1;
    }
    std::vector<const char*> arguments;
    for (const std::string& word : words) {
      // No other files are read, and --help is not printed.
      const bool left_out = word.find("conf") != word.npos || word.starts_with("-h") || word.starts_with("--h") ||
                            word.starts_with("--v") || word == "-V";
      if (!left_out) arguments.push_back(word.c_str());
    }
    options.parse(static_cast<int>(arguments.size()), arguments.data());
  });
  fuzz::with_options([&](CommandLine& options) {
    const fuzz::MemoryFile ini(bytes);
    const std::string path = ini.path();
    const char* const arguments[] = {"fuzz", "--config", path.c_str()};
    options.parse(3, arguments);
  });
  fuzz::with_options([&](CommandLine& options) {
    options.from_json(nlohmann::ordered_json::parse(bytes, nullptr, /*allow_exceptions=*/false), "fuzz");
  });
}

}  // namespace rotor

#include "format/checksums.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <ctime>

#include "base/check.h"
#include "base/command.h"
#include "base/json.h"
#include "base/progress.h"
#include "base/scratch.h"
#include "format/damage.h"
#include "format/safetensors_writer.h"

namespace rotor {
namespace {

/// A file of three tensors with checksums.
std::filesystem::path write_sums(const ScratchFolder& folder) {
  SafeTensorsWriter writer;
  writer.add("weight", Tensor::of({2, 2}, {1, 2, 3, 4}));
  writer.add("vocabulary", DataType::kU8, {5}, "pizza");
  writer.add("empty", DataType::kU16, {0}, "");
  writer.set("config", "{\"text\": \"\u00e4 \\n\"}");
  writer.add_checksums();
  writer.write(folder / "m.safetensors");
  return folder / "m.safetensors";
}

std::vector<std::string> damage(const std::filesystem::path& path) {
  return damaged_parts(SafeTensors(path));
}

TEST(Checksums, AreTheSha256OfEachTensorsBytesAndOfTheHeader) {
  ScratchFolder folder;
  const SafeTensors file(write_sums(folder));
  const auto sums = nlohmann::json::parse(file.metadata("sha256"));
  EXPECT_EQ(sums.size(), 4u);
  EXPECT_EQ(sums["vocabulary"], "9ed1515819dec61fd361d5fdabb57f41ecce1a5fe1fe263b98c0d6943b9b232e");
  EXPECT_EQ(sums["empty"], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  // Python: sha256(json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode())
  EXPECT_EQ(sums["__metadata__"], "5ff08da4a453fd9c406ec771a12a5e3691d76f3297b96f67336cdce45691c348");
  EXPECT_TRUE(damage(file.path()).empty());
}

TEST(Checksums, AreTheSameFromRunToRunAndReplaceStaleOnes) {
  ScratchFolder folder;
  const std::string first = text_of(write_sums(folder));
  EXPECT_EQ(text_of(write_sums(folder)), first);
  const SafeTensors file(folder / "m.safetensors");
  SafeTensorsWriter copy;
  for (const auto& [name, tensor] : file.tensors()) copy.add(name, tensor.type, tensor.shape, tensor.bytes);
  copy.set("config", file.metadata("config"));
  copy.set("sha256", "stale");
  copy.add_checksums();
  copy.write(folder / "copy");
  EXPECT_EQ(text_of(folder / "copy"), first);
}

TEST(Checksums, FindEveryFlippedBitAndNameItsTensor) {
  ScratchFolder folder;
  const std::string bytes = text_of(write_sums(folder));
  const size_t weight = bytes.size() - 21, vocabulary = bytes.size() - 5;
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    const auto path = folder.file("flipped", flipped);
    std::string found;
    try {
      found = fmt::format("{}", fmt::join(damage(path), ", "));
    } catch (const Error& error) {
      found = error.what();
      EXPECT_LT(bit / 8, weight) << "a flipped bit of a tensor does not keep the file from being opened: " << found;
    }
    EXPECT_NE(found, "") << "byte " << bit / 8 << " bit " << bit % 8;
    if (bit / 8 < weight) continue;
    EXPECT_EQ(found, bit / 8 < vocabulary ? "tensor 'weight'" : "tensor 'vocabulary'");
  }
}

TEST(Checksums, NameTheHeaderIfAnOptionChanged) {
  ScratchFolder folder;
  std::string bytes = text_of(write_sums(folder));
  bytes.replace(bytes.find("text"), 4, "Text");
  EXPECT_EQ(damage(folder.file("m", bytes)), std::vector<std::string>{"the header"});
}

TEST(Checksums, NameTensorsThatAreMissingOrAdded) {
  ScratchFolder folder;
  const SafeTensors file(write_sums(folder));
  SafeTensorsWriter other;
  other.add("weight", file.tensor("weight"));
  other.add("empty", DataType::kU16, {0}, "");
  other.add("more", DataType::kU8, {1}, "x");
  for (const auto& [key, value] : file.metadata()) other.set(key, value);
  other.write(folder / "other");
  EXPECT_EQ(damage(folder / "other"),
            (std::vector<std::string>{"the header", "tensor 'more'", "tensor 'vocabulary' (missing)"}));
}

TEST(Checksums, OfTensorsThatAreNotChosenAreNotCompared) {
  ScratchFolder folder;
  flip_bit(write_sums(folder), "weight");
  const SafeTensors file(folder / "m.safetensors");
  const auto only = [](const std::string& wanted) {
    return [wanted](const std::string& name) { return name == wanted; };
  };
  EXPECT_TRUE(damaged_parts(file, only("vocabulary")).empty());
  EXPECT_EQ(damaged_parts(file, only("weight")), std::vector<std::string>{"tensor 'weight'"});
  check_undamaged(file, only("vocabulary"));
  EXPECT_TRUE(says(message_of<DamagedFile>([&] { check_undamaged(file); }),
                   "m.safetensors is damaged: tensor 'weight' does not match", "restore the file"));
}

TEST(Checksums, AreComparedInLittleMemory) {
  constexpr int64_t kSize = 64 << 20, kMegabyte = 1 << 20;
  const ScratchFolder folder;
  {
    const std::string bytes(kSize, 'x');
    SafeTensorsWriter writer;
    writer.add("large", DataType::kU8, {kSize}, bytes);
    writer.add_checksums();
    writer.write(folder / "m.safetensors");
  }
  const Outcome outcome = run_as_command([&] {
    const int64_t before = peak_memory_mb();
    check_undamaged(SafeTensors(folder / "m.safetensors"));
    const int64_t taken = peak_memory_mb() - before;
    ROTOR_CHECK(taken < kSize / kMegabyte / 2, "expected less than half of the tensor in memory, got {} MB", taken);
  });
  EXPECT_EQ(exit_code(outcome), 0) << outcome.err;
}

TEST(Checksums, AFileWithoutThemPassesUnlessItIsAskedForThem) {
  check_undamaged(SafeTensors(ROTOR_GOLDEN "/kinds.safetensors"));
}

TEST(Checksums, AFileWithoutThemSaysSo) {
  EXPECT_TRUE(says(message_of<Error>([] { damage(ROTOR_GOLDEN "/kinds.safetensors"); }), "kinds.safetensors",
                   "carries no checksums"));
}

TEST(Checksums, ThatAreNoJsonAreDamaged) {
  ScratchFolder folder;
  SafeTensorsWriter writer;
  for (const char* text : {"", "[]", "{", "3", "{\"__metadata__\": 3}"}) {
    writer.set("sha256", text);
    writer.write(folder / "m");
    EXPECT_FALSE(damage(folder / "m").empty()) << text;
  }
}

TEST(Checksums, OfManyTensorsTakeTimeInProportion) {
  constexpr int kTensors = 50000;
  ScratchFolder folder;
  SafeTensorsWriter writer;
  for (int i = 0; i < kTensors; ++i) writer.add(fmt::format("tensor {}", i), DataType::kU8, {0}, "");
  writer.add_checksums();
  const std::clock_t begin = std::clock();
  writer.write(folder / "many");
  const SafeTensors file(folder / "many");
  EXPECT_EQ(file.tensors().size(), size_t{kTensors});
  EXPECT_TRUE(damaged_parts(file).empty());
  constexpr double kMostSeconds = 10;  // where each name was compared with all others, half a minute
  EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, kMostSeconds);
}

TEST(Checksums, ThatAreNestedTooDeeplyAreDamaged) {
  ScratchFolder folder;
  SafeTensorsWriter writer;
  writer.set("sha256", "{\"a\":" + std::string(100000, '[') + std::string(100000, ']') + ",\"b\":1}");
  writer.write(folder / "m");
  EXPECT_EQ(damage(folder / "m"), std::vector<std::string>{"the checksums"});
}

}  // namespace
}  // namespace rotor

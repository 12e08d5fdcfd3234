#include "format/safetensors_writer.h"

#include <gtest/gtest.h>

#include "base/scratch.h"

namespace rotor {
namespace {

const std::filesystem::path kKinds = ROTOR_GOLDEN "/kinds.safetensors";

TEST(SafeTensorsWriter, WritesTheVeryBytesPythonWrote) {
  const SafeTensors file(kKinds);
  SafeTensorsWriter writer;
  for (const auto& [name, tensor] : file.tensors()) writer.add(name, tensor.type, tensor.shape, tensor.bytes);
  for (const auto& [key, value] : file.metadata()) writer.set(key, value);
  ScratchFolder folder;
  writer.write(folder / "copy.safetensors");
  EXPECT_EQ(text_of(folder / "copy.safetensors"), text_of(kKinds));
}

TEST(SafeTensorsWriter, KeepsTensorsAliveUntilTheyAreWritten) {
  ScratchFolder folder;
  SafeTensorsWriter writer;
  writer.add("w", Tensor::of({2, 2}, {1, 2, 3, 4}));
  writer.add("s", Tensor::full({}, 7));
  writer.set("text", "two\nlines \"quoted\" \u00e4");
  writer.write(folder / "m.safetensors");
  const SafeTensors file(folder / "m.safetensors");
  const std::span<const float> w = file.elements<float>("w");
  EXPECT_EQ(std::vector<float>(w.begin(), w.end()), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(file.tensor("s").item(), 7.f);
  EXPECT_EQ(file.metadata("text"), "two\nlines \"quoted\" \u00e4");
}

TEST(SafeTensorsWriter, WritesASoundFileOfNothing) {
  ScratchFolder folder;
  SafeTensorsWriter().write(folder / "m.safetensors");
  EXPECT_EQ(text_of(folder / "m.safetensors"), std::string("\x08\0\0\0\0\0\0\0{}      ", 16));
  EXPECT_TRUE(SafeTensors(folder / "m.safetensors").tensors().empty());
}

TEST(SafeTensorsWriter, WritesByFallingElementSizeThenNameSoThatEveryTensorIsAligned) {
  ScratchFolder folder;
  SafeTensorsWriter writer;
  const uint64_t data[3] = {1, 2, 3};
  const char* bytes = reinterpret_cast<const char*>(data);
  writer.add("a", DataType::kU8, {3}, {bytes, 3});
  writer.add("z", DataType::kU64, {1}, {bytes, 8});
  writer.add("c", DataType::kU16, {1}, {bytes, 2});
  writer.add("b", DataType::kF32, {1, 1}, {bytes, 4});
  writer.add("0", DataType::kU8, {1}, {bytes, 1});
  writer.write(folder / "m.safetensors");
  EXPECT_EQ(text_of(folder / "m.safetensors").substr(8, 8), "{\"z\":{\"d");
  const SafeTensors file(folder / "m.safetensors");
  const std::map<std::string, int> places = {{"z", 0}, {"b", 8}, {"c", 12}, {"0", 14}, {"a", 15}};
  for (const auto& [name, place] : places) {
    const StoredTensor& tensor = file.at(name);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.bytes.data()) % size_of(tensor.type), 0u) << name;
    EXPECT_EQ(tensor.bytes.data() - file.at("z").bytes.data(), place) << name;
  }
}

TEST(SafeTensorsWriter, RefusesWhatDoesNotFit) {
  SafeTensorsWriter writer;
  writer.add("a", DataType::kU8, {2}, "xx");
  EXPECT_TRUE(says(message_of<Error>([&] { writer.add("a", DataType::kU8, {2}, "xx"); }), "added twice"));
  EXPECT_TRUE(says(message_of<Error>([&] { writer.add("b", DataType::kU16, {2}, "xx"); }), "2 bytes"));
  EXPECT_THROW(writer.add("__metadata__", DataType::kU8, {2}, "xx"), Error);
  EXPECT_THROW(writer.add("t", Tensor::zeros({2, 3}).transpose(0, 1)), Error);
  writer.set("latin1", "\xe4");
  ScratchFolder folder;
  EXPECT_TRUE(says(message_of<Error>([&] { writer.write(folder / "m"); }), "not UTF-8"));
  EXPECT_FALSE(std::filesystem::exists(folder / "m"));
}

}  // namespace
}  // namespace rotor

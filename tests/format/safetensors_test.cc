#include "format/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "base/scratch.h"
#include "format/safetensors_writer.h"

namespace rotor {
namespace {

const std::filesystem::path kKinds = ROTOR_GOLDEN "/kinds.safetensors";

template <typename T>
std::vector<T> numbers(const SafeTensors& file, const std::string& name) {
  const auto elements = file.elements<T>(name);
  return {elements.begin(), elements.end()};
}

/// A file of that header and so many bytes of data.
std::string file_of(const std::string& header, size_t data = 0) {
  const uint64_t length = header.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
  return bytes + header + std::string(data, '\1');
}

std::string refusal(const std::string& bytes) {
  ScratchFolder folder;
  const auto path = folder.file("x.safetensors", bytes);
  const std::string message = message_of<Error>([&] { SafeTensors file(path); });
  EXPECT_TRUE(says(message, path.string()));
  return message;
}

TEST(SafeTensors, ReadsWhatPythonWrote) {
  const SafeTensors file(kKinds);
  EXPECT_EQ(file.tensors().size(), 9u);
  EXPECT_EQ(numbers<float>(file, "a"), (std::vector<float>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(numbers<uint8_t>(file, "vocabulary"), (std::vector<uint8_t>{0, 1, 2}));
  EXPECT_EQ(numbers<int8_t>(file, "signed"), (std::vector<int8_t>{0, 1, 2}));
  EXPECT_EQ(numbers<uint16_t>(file, "short"), (std::vector<uint16_t>{0, 1, 2}));
  EXPECT_EQ(numbers<uint32_t>(file, "unsigned"), (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_EQ(numbers<uint64_t>(file, "long"), (std::vector<uint64_t>{0, 1, 2}));
  EXPECT_EQ(file.at("half").type, DataType::kBF16);
  EXPECT_EQ(file.at("half").bytes, std::string_view("\0\0\x80\x3f\0\x40", 6));
  EXPECT_EQ(file.tensor("a").shape(), (Shape{2, 3}));
  EXPECT_EQ(file.tensor("a").data()[5], 5.f);
  EXPECT_EQ(file.tensor("scalar").shape(), Shape{});
  EXPECT_EQ(file.tensor("scalar").item(), 0.f);
  EXPECT_EQ(file.tensor("empty").shape(), (Shape{0, 4}));
  EXPECT_EQ(file.metadata("script"), "kinds.py, safetensors 0.8.0, torch 2.5.1, no seed");
}

TEST(SafeTensors, NamesWhatIsMissingOrOfAnotherType) {
  const SafeTensors file(kKinds);
  EXPECT_TRUE(says(message_of<Error>([&] { file.at("none"); }), "kinds.safetensors has no tensor 'none'"));
  EXPECT_TRUE(says(message_of<Error>([&] { file.metadata("none"); }), "kinds.safetensors has no metadata 'none'"));
  EXPECT_TRUE(says(message_of<Error>([&] { file.tensor("unsigned"); }), "'unsigned' of type F32, got U32"));
  EXPECT_TRUE(says(message_of<Error>([&] { file.elements<uint16_t>("unsigned"); }), "'unsigned' of type U16, got U32"));
}

/// Other programs' files can be described; their numbers are refused when they are asked for.
TEST(SafeTensors, KnowsTheTypesOfOtherPrograms) {
  const ScratchFolder folder;
  for (const auto& [type, size] : {std::pair{"F64", 8}, {"F16", 2}, {"I64", 8}, {"I32", 4}, {"I16", 2}, {"BOOL", 1}}) {
    const std::string header =
        fmt::format(R"({{"a":{{"dtype":"{}","shape":[3],"data_offsets":[0,{}]}}}})", type, 3 * size);
    const SafeTensors file(folder.file("x.safetensors", file_of(header, 3 * size)));
    EXPECT_EQ(name(file.at("a").type), type);
    EXPECT_EQ(file.at("a").elements(), 3);
    EXPECT_TRUE(says(message_of<Error>([&] { file.tensor("a"); }), "'a' of type F32, got " + std::string(type)));
    EXPECT_THROW(file.elements<uint32_t>("a"), Error);
  }
}

/// The memory of this process, in kB.
int64_t resident_kb() {
  const std::string status = text_of("/proc/self/status");
  return std::atoll(status.c_str() + status.find("VmRSS:") + std::strlen("VmRSS:"));
}

TEST(SafeTensors, StaysMappedWhileATensorIsHeldAndForgetsItThen) {
  constexpr int64_t kSize = 4 << 20, kHalf = kSize * 4 / 1024 / 2;
  const ScratchFolder folder;
  SafeTensorsWriter writer;
  writer.add("a", Tensor::full({kSize}, 1));
  writer.write(folder / "held.safetensors");
  auto file = std::make_unique<SafeTensors>(folder / "held.safetensors");
  const auto numbers = file->elements<float>("a");
  auto held = file->hold("a"), copy = held;
  const int64_t before = resident_kb();
  EXPECT_EQ(std::accumulate(numbers.begin(), numbers.end(), 0.), kSize);
  copy = nullptr;
  EXPECT_GT(resident_kb(), before + kHalf);
  held = nullptr;
  EXPECT_LT(resident_kb(), before + kHalf);
  held = file->hold("a");
  file = nullptr;
  EXPECT_EQ(numbers.back(), 1);
}

TEST(SafeTensors, RefusesAFileCutOffAnywhere) {
  const std::string bytes = text_of(kKinds);
  for (size_t size = 0; size < bytes.size(); ++size) refusal(bytes.substr(0, size));
  EXPECT_TRUE(says(refusal(bytes + "x"), "bytes of data"));
}

TEST(SafeTensors, RefusesAForeignFile) {
  refusal("A text that is no such file at all.\n");
  refusal(std::string(100, '\0'));
  refusal(std::string(100, '\xff'));
  refusal(file_of("[]"));
  refusal(file_of("{\"a\":"));
  refusal(file_of("{}{}"));
  refusal(file_of(std::string("{}\0\0", 4)));
  refusal(file_of("{\"\xff\":1}"));
  refusal(file_of(std::string(100000, '[')));
  const std::string deep = std::string(50000, '[') + std::string(50000, ']');
  EXPECT_TRUE(says(refusal(file_of("{\"a\":{\"b\":" + deep + ",\"c\":1,\"d\":2}}")), "nested too deeply"));
}

TEST(SafeTensors, RefusesAHeaderThatDoesNotMatchTheData) {
  const auto entry = [](const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return "{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
  };
  const auto one = [&](const std::string& text, size_t data = 4) {
    return refusal(file_of("{\"a\":" + text + "}", data));
  };
  EXPECT_TRUE(says(one(entry("F4", "[8]", "[0,4]")), "type of whole bytes of tensor 'a', got F4"));
  EXPECT_TRUE(says(one(entry("F32", "[2]", "[0,4]")), "shape of tensor 'a'"));
  EXPECT_TRUE(says(one(entry("F32", "[2]", "[0,8]")), "bytes 0 to 8 of 4"));
  EXPECT_TRUE(says(one(entry("F32", "[1]", "[4,0]")), "bytes 4 to 0"));
  EXPECT_TRUE(says(one(entry("F32", "[-1]", "[0,4]")), "shape"));
  EXPECT_TRUE(says(one(entry("F32", "[1.0]", "[0,4]")), "shape"));
  EXPECT_TRUE(says(one(entry("F32", "[4294967296,4294967296,4294967297]", "[0,4]")), "shape"));
  EXPECT_TRUE(says(one(entry("F32", "[4611686018427387905]", "[0,4]")), "shape"));  // 2^62 + 1 floats: 4 bytes mod 2^64
  EXPECT_TRUE(says(one(entry("F32", "[1]", "[0,4,8]")), "data_offsets"));
  EXPECT_TRUE(says(one(entry("F32", "[1]", "[0,18446744073709551615]")), "data_offsets"));
  EXPECT_TRUE(says(one("{\"dtype\":\"F32\",\"shape\":[1]}"), "data_offsets"));
  EXPECT_TRUE(says(one("{\"dtype\":1,\"shape\":[1],\"data_offsets\":[0,4]}"), "dtype"));
  EXPECT_TRUE(says(one("4"), "expected dtype"));
  EXPECT_TRUE(says(one(entry("F32", "[1]", "[0,4]"), 8), "expected 4 bytes of data, got 8"));
  EXPECT_TRUE(says(one(entry("F32", "[1]", "[4,8]"), 8), "expected tensor 'a' at byte 0"));

  const auto two = [&](const std::string& name, const std::string& offsets, size_t data) {
    return refusal(file_of(
        "{\"a\":" + entry("F32", "[1]", "[0,4]") + ",\"" + name + "\":" + entry("F32", "[1]", offsets) + "}", data));
  };
  EXPECT_TRUE(says(two("b", "[0,4]", 4), "expected tensor 'b' at byte 4 of its data, got 0"));
  EXPECT_TRUE(says(two("b", "[2,6]", 6), "at byte 4"));
  EXPECT_TRUE(says(two("b", "[6,10]", 10), "at byte 4"));
  EXPECT_TRUE(says(two("a", "[4,8]", 8), "'a' stands twice"));
  EXPECT_TRUE(says(refusal(file_of("{\"__metadata__\":{\"a\":1}}")), "metadata 'a'"));
  EXPECT_TRUE(says(refusal(file_of("{\"__metadata__\":[]}")), "metadata"));
}

TEST(SafeTensors, SurvivesEveryWrongByteInTheHeader) {
  const std::string bytes = text_of(kKinds);
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  ScratchFolder folder;
  int refused = 0;
  for (size_t i = 0; i < sizeof length + length; ++i) {
    for (int change : {0x01, 0x12, 0x80}) {
      std::string wrong = bytes;
      wrong[i] ^= static_cast<char>(change);
      try {
        // A file that is taken must be usable to its last byte.
        const SafeTensors file(folder.file("x.safetensors", wrong));
        uint64_t sum = 0;
        for (const auto& [name, tensor] : file.tensors()) {
          EXPECT_EQ(tensor.bytes.size(), tensor.elements() * size_of(tensor.type));
          sum += std::accumulate(tensor.bytes.begin(), tensor.bytes.end(), 0);
        }
        EXPECT_GT(sum, 0u);
      } catch (const Error&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 600);
}

}  // namespace
}  // namespace rotor

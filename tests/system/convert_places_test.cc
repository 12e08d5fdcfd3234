// What rotor-convert may read and replace.
#include "system/convert.h"

namespace rotor {
namespace {

const std::string kFolders = ROTOR_GOLDEN "/hugging_face/", kFairseq = ROTOR_GOLDEN "/fairseq_checkpoints/";

class ConvertPlaces : public ConvertTest {
 protected:
  /// A conversion whose OUT is refused, after which "in" holds what it did before.
  void expect_refusal(const std::string& conversion, const std::string& out) const {
    const std::string before = run("md5sum in/*").out;
    EXPECT_TRUE(refused(run("rotor-convert " + conversion), 1, "expected another file", "as OUT, got " + out))
        << conversion;
    EXPECT_EQ(run("md5sum in/*").out, before) << conversion;
  }
};

TEST_F(ConvertPlaces, ReplaceNeitherCheckpointsNorPipes) {
  const std::string command = "rotor-convert bert " + kFolders + "bert_masked_lm ";
  SafeTensorsWriter writer;
  writer.add("optimizer.first_moment.x", Tensor::zeros({1}));
  writer.write(folder_ / "checkpoint.safetensors");
  const std::string before = text_of(folder_ / "checkpoint.safetensors");
  EXPECT_TRUE(refused(run(command + "checkpoint.safetensors"), 1, "checkpoint.safetensors is a checkpoint"));
  EXPECT_EQ(text_of(folder_ / "checkpoint.safetensors"), before);
  succeed("mkfifo pipe");
  EXPECT_TRUE(refused(run(command + "pipe"), 1, "pipe, which is neither"));
  succeed("ln -s elsewhere link && " + command + "link && test -p pipe && test -L link && test -f elsewhere");
}

TEST_F(ConvertPlaces, ReplaceNothingThatIsRead) {
  succeed("cp -r " + kFolders + "bert_classes in && ln -s in/config.json link && ln in/vocab.txt same");
  for (const std::string out : {"in/pytorch_model.bin", "./in/vocab.txt", "link"}) {
    expect_refusal("bert in " + out, out);
  }
  succeed("rotor-convert bert in in/model && rotor-convert huggingface in/model there && rotor-convert bert in same");
  succeed("rm -r in && cp -r " + kFairseq + "shared in && ln in/checkpoint.pt linked");
  const std::string fairseq = "fairseq in/checkpoint.pt ";
  for (const std::string out : {"in/checkpoint.pt", "linked", "in/codes"}) {
    expect_refusal(fairseq + out + " --bpe-codes in/codes", out);
  }
  expect_refusal(fairseq + "in/dict.en.txt --bpe-codes in/codes", "in/dict.en.txt");
  for (int i = 0; i < 2; ++i) succeed("rotor-convert " + fairseq + "in/model --bpe-codes in/codes --dictionaries in");
}

TEST_F(ConvertPlaces, AreNoPipesToRead) {
  succeed("mkfifo pipe");
  EXPECT_TRUE(refused(run("rotor-convert fairseq pipe out"), 1, "regular file or a folder as IN, got pipe", "save"));
}

}  // namespace
}  // namespace rotor

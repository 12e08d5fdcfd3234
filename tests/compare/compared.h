// What tests of comparisons share: small corpus folders of pairs with a test set and of text, and stand-ins for Rotor's
// commands, shell scripts that write what the real ones would.
#pragma once

#include "base/scratch.h"
#include "compare/plan.h"
#include "data/corpus_writer.h"
#include "format/safetensors_writer.h"
#include "text/train_vocabulary.h"
#include "train/objectives.h"

namespace rotor {

/// Each call of a stand-in appends "<command> <encoding>" to the file `calls`. A rotor-train whose encoding, or
/// encoding and rate, stands in the file `broken` fails; the others leave checkpoints of the epochs in the file
/// `epochs`, and the speed in the file `speed`. rotor-average leaves the names of what it averaged in the file
/// `averaged`. The stand-ins of tests append the arguments of each call to the file `arguments`.
class ComparedFolder {
 public:
  ComparedFolder() {
    folder_.file("text", "A dog runs.\nA man walks his dog.\nThe dog sees a man.\n");
    const auto vocabulary = Vocabulary::from_bytes(train_vocabulary({folder_ / "text"}, {.size = 30}));
    std::filesystem::create_directories(folder_ / "corpus");
    write_vocabularies(folder_ / "corpus", {vocabulary, vocabulary});
    for (const char* split : {"train", "valid"}) {
      CorpusWriter writer(split_path(folder_ / "corpus", split), corpus_task(kTranslation),
                          {describe_column("source", "en", vocabulary), describe_column("target", "de", vocabulary)});
      for (int i = 0; i < 8; ++i) writer.add({vocabulary.encode("A dog"), vocabulary.encode("A man runs")});
      writer.finish();
    }
    write_text(vocabulary, kLanguageModeling);
    write_text(vocabulary, kMaskedLm);
    write_rows(vocabulary);
    SafeTensorsWriter writer;
    writer.add("weight", Tensor::zeros({2, 3}));
    writer.write(folder_ / "model");
    std::string source, reference;
    for (int i = 0; i < 24; ++i) {
      source += "a dog" + std::string(i % 3, '!') + " runs" + (i % 2 == 0 ? " today\n" : "\n");
      reference += fmt::format("der Hund {} läuft heute schnell {}\n", i % 5, i % 7);
    }
    folder_.file("test.en", source);
    folder_.file("test.de", reference);
    folder_.file("calls", "");
    folder_.file("broken", "");
    folder_.file("speed", "100");
    folder_.file("epochs", "1 2");
    write_commands();
  }

  CompareOptions options(const std::string& encodings, const std::string& seeds = "1") const {
    CompareOptions options;
    options.corpus = folder_ / "corpus";
    options.encodings = encodings;
    options.seeds = seeds;
    options.test_source = folder_ / "test.en";
    options.test_reference = folder_ / "test.de";
    options.output = folder_ / "out";
    return options;
  }

  /// The same for a corpus of text; its test has 240 tokens.
  CompareOptions language_models(const std::string& encodings, const std::string& seeds = "1",
                                 const std::string& task = kLanguageModeling) const {
    CompareOptions options;
    options.task = task;
    options.corpus = folder_ / task;
    options.encodings = encodings;
    options.seeds = seeds;
    options.output = folder_ / "out";
    return options;
  }

  /// The same for a corpus of rows that are liked or not; its test has 24 rows.
  CompareOptions predictions(const std::string& encodings, const std::string& seeds = "1") const {
    return language_models(encodings, seeds, kSentencePrediction);
  }

  /// A training that predicts, whose checkpoint is chosen by accuracy.
  static TrainingOptions prediction_training() {
    TrainingOptions training;
    task_named(kSentencePrediction, "").set_defaults(training);
    training.model.apply_architecture("bert_tiny");
    training.trainer.optimization.max_update = 20;
    training.trainer.checkpoints.best_checkpoint_metric = "accuracy";
    return training;
  }

  static TrainingOptions language_model_training() {
    TrainingOptions training;
    task_named(kLanguageModeling, "").set_defaults(training);
    training.model.apply_architecture("transformer_lm_tiny");
    training.batches.tokens_per_sample = 12;
    training.trainer.optimization.max_update = 20;
    return training;
  }

  static TrainingOptions masked_lm_training() {
    TrainingOptions training;
    task_named(kMaskedLm, "").set_defaults(training);
    training.model.apply_architecture("bert_tiny");
    training.batches.tokens_per_sample = 12;
    training.trainer.optimization.max_update = 20;
    return training;
  }

  static TrainingOptions training() {
    TrainingOptions training;
    training.model.apply_architecture("transformer_tiny");
    training.trainer.optimization.max_update = 20;
    return training;
  }

  std::filesystem::path commands() const { return folder_ / "bin"; }
  std::filesystem::path output() const { return folder_ / "out"; }
  const ScratchFolder& scratch() const { return folder_; }

  /// What was called since the last question.
  std::string calls() const {
    const std::string calls = text_of(folder_ / "calls");
    folder_.file("calls", "");
    return calls;
  }

 private:
  void script(const std::string& name, const std::string& body) const {
    const auto path = folder_.file("bin/" + name, "#!/bin/sh\nhere=" + folder_.path().string() + "\n" + body);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }

  void write_text(const Vocabulary& vocabulary, const std::string& task) const {
    std::filesystem::create_directories(folder_ / task);
    write_vocabularies(folder_ / task, {vocabulary, vocabulary});
    const std::vector<int32_t> line(9, vocabulary.encode("A dog").at(0));
    for (const char* split : {"train", "valid", "test"}) {
      CorpusWriter writer(split_path(folder_ / task, split), corpus_task(task),
                          {describe_column("text", "en", vocabulary)});
      for (int i = 0; i < 24; ++i) writer.add({line}, {"A dog"});
      writer.finish();
    }
  }

  void write_rows(const Vocabulary& vocabulary) const {
    const auto folder = folder_ / kSentencePrediction;
    std::filesystem::create_directories(folder);
    write_vocabularies(folder, {vocabulary, vocabulary});
    for (const char* split : {"train", "valid", "test"}) {
      CorpusWriter writer(split_path(folder, split), corpus_task(kSentencePrediction),
                          {describe_column("text", "en", vocabulary)});
      writer.name_classes(R"(["bad","good"])");
      for (int i = 0; i < 24; ++i) {
        writer.add({vocabulary.encode("A dog")});
        writer.label(static_cast<float>(i % 2));
      }
      writer.finish();
    }
  }

  void write_commands() const {
    std::filesystem::create_directories(folder_ / "bin");
    script("rotor-train", R"(
encoding=$(sed -n 's/^position-encoding = //p' "$3")
save=$(sed -n 's/^save-dir = //p' "$3")
lr=$(sed -n 's/^lr = //p' "$3")
metric=$(sed -n 's/^best-checkpoint-metric = //p' "$3")
start=$(sed -n 's/^finetune-from-model = //p' "$3")
echo "train $encoding$(case $save in */lr-*) echo " $lr" ;; esac)${start:+ from $(basename $start)}" >> $here/calls
mkdir -p "$save"
touch "$save/checkpoint_last.safetensors" "$save/checkpoint_best.safetensors"
for epoch in $(cat $here/epochs); do touch "$save/checkpoint_$epoch.safetensors"; done
grep -qx -e "$encoding" -e "$encoding $lr" $here/broken && { echo "rotor-train: the machine is on fire" >&2; exit 1; }
speed=$(cat $here/speed)
[ "$metric" = accuracy ] && case $lr in 0.001) accuracy=',"valid_accuracy":0.75' ;; *) accuracy=',"valid_accuracy":0.5' ;; esac
cat > "$save/train.jsonl" <<END
{"update":10,"epoch":1,"seconds":2.0,"tokens_per_second":$speed,"memory_mb":50}
{"update":10,"epoch":1,"valid_loss":5.5,"valid_nll_loss":5.0$accuracy}
{"update":20,"epoch":2,"seconds":2.0,"tokens_per_second":$speed,"memory_mb":50}
{"update":20,"epoch":2,"valid_loss":4.5,"valid_nll_loss":4.0$accuracy}
END
)");
    script("rotor-average", R"(
echo "average" >> $here/calls
: > $here/averaged
while [ "$1" != --output ]; do basename "$1" .safetensors >> $here/averaged; shift; done
cp $here/model "$2"
)");
    script("rotor-generate", R"(
echo "$*" >> $here/arguments
while [ $# -gt 0 ]; do
  case $1 in
    --input) input=$2 ;;
    --output) output=$2 ;;
    --stats) echo '{"tokens_per_second": 50, "memory_mb": 20}' > "$2" ;;
    --score-reference) scores=$2 ;;
    --rope-scaling) scaling=" $2" ;;
  esac
  shift
done
echo "generate$scaling" >> $here/calls
if [ -n "$scores" ]; then sed 's/.*/-2.5\t4/' "$scores" > "$output"; exit; fi
reference=$(echo "$input" | sed 's/\.source$/.reference/; s/test\.en$/test.de/')
case $output in */rope/*) cp "$reference" "$output" ;; *) sed 's/schnell/langsam/' "$reference" > "$output" ;; esac
)");
    script("rotor-evaluate", R"(
echo "$*" >> $here/arguments
while [ $# -gt 0 ]; do
  case $1 in
    --tokens-per-sample) length=$2 ;;
    --stats) stats=$2 ;;
    --gen-subset) subset=$2 ;;
    --predictions) predictions=$2 ;;
    --by-position) positions=$2 ;;
    --by-sample|--by-document) parts=$2; by=$1 ;;
    --rope-scaling) scaling=" $2" ;;
    --mask-prob) masked=" $2" ;;
  esac
  shift
done
if [ -n "$predictions" ]; then
  echo "evaluate $subset" >> $here/calls
  case $predictions in */rope/*) wrong=2 accuracy=0.9167 ;; *) wrong=9 accuracy=0.625 ;; esac
  echo "{\"loss\": 0.5, \"accuracy\": $accuracy, \"f1\": 0.8, \"tokens_per_second\": 50, \"memory_mb\": 20}" > "$stats"
  awk -v wrong=$wrong '
    BEGIN {
      print "prediction\tbad\tgood"
      for (i = 0; i < 24; ++i) print ((i % 2) == (i < wrong) ? "bad" : "good") "\t0.5\t0.5"
    }' > "$predictions"
  exit
fi
echo "evaluate $length $by$scaling$masked" >> $here/calls
case $stats in */rope/*) loss=2 ;; *) loss=3 ;; esac
echo "{\"loss\": $loss, \"bits_per_character\": 1.5, \"accuracy\": 0.$loss, \"loss_nats\": 1.25, \"tokens_per_second\": 50, \"memory_mb\": 20}" > "$stats"
awk -v loss=$loss -v n=$((240 / length)) -v length_=$length '
  BEGIN { print "sample,tokens,loss"; for (i = 1; i <= n; ++i) print i "," length_ "," loss + (i == 1) / 4 - (i == 2) / 4 }' > "$parts"
[ -z "$positions" ] || awk -v loss=$loss -v n=$length -v each=$((240 / length)) '
  BEGIN { print "position,tokens,loss"; for (i = 1; i <= n; ++i) print i "," each "," loss }' > "$positions"
)");
  }

  ScratchFolder folder_;
};

}  // namespace rotor

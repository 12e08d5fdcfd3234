#include "base/foreign_options.h"

#include <algorithm>
#include <map>

namespace rotor {

namespace {

using enum ForeignValue;

const Texts kPreprocess = {"rotor-preprocess"}, kTrain = {"rotor-train", "rotor-compare"},
            kGenerate = {"rotor-generate"}, kAverage = {"rotor-average"}, kScore = {"rotor-score"},
            kCorpusCommands = {"rotor-preprocess", "rotor-train", "rotor-compare", "rotor-generate"},
            kModelCommands = {"rotor-train", "rotor-compare", "rotor-generate", "rotor-serve"};

const char* const kLanguages =
    "the corpus or model holds the languages; leave it out, or preprocess the other way round";
const char* const kRawText = "SentencePiece reads raw text and gives raw text back; leave it out, and give raw text";
const char* const kTokenizer =
    "a model that rotor-convert fairseq --tokenizer moses made holds its tokenizer, and others read raw text; leave it "
    "out, and give raw text";
const char* const kWorkers = "start one process a machine or socket instead: mpirun -n N rotor-train ...";
const char* const kMixed = "give --bf16 on CPUs that multiply bfloat16; losses are not scaled";
const char* const kNoPlugins = "there are no plug-ins; leave it out";
const char* const kNoEmbeddings =
    "it reads no token vectors alone; start from a whole model with --finetune-from-model";
const char* const kNoTestSets = "it downloads no test sets; give the files of references as arguments";

/// fairseq's options of several commands.
const std::vector<ForeignOption>& shared_rows() {
  static const std::vector<ForeignOption> kRows = {
      {{"rotor-train", "rotor-compare", "rotor-generate"},
       "--task",
       kOne,
       {"translation"},
       "the corpus or model says what its task is, as rotor-preprocess --task made it; leave it out"},
      {kCorpusCommands, "--bpe", kOne, {"sentencepiece"}, kRawText},
      {kCorpusCommands, "--tokenizer", kOne, {}, kTokenizer},
      {kCorpusCommands, "--moses-*", kOne, {}, kTokenizer},
      {kCorpusCommands,
       "--sentencepiece-model",
       kOne,
       {},
       "the corpus and the model hold it; to bring one, preprocess with --srcdict"},
      {kCorpusCommands, "--user-dir", kOne, {}, kNoPlugins},
      {kCorpusCommands, "--dataset-impl", kOne, {"mmap"}, "a corpus has one format, which is mapped; leave it out"},
      {kModelCommands, "--cpu", kNone, {}, ""},
      {kModelCommands, "--skip-invalid-size-inputs-valid-test", kNone, {}, ""},
      {kModelCommands,
       "--num-workers",
       kOne,
       {},
       "the corpus is mapped and needs no loaders; --threads sets the threads"},
      {kModelCommands, "--no-progress-bar", kNone, {}, ""},
      {kModelCommands, "--tpu", kNone, {}, "it computes on CPUs; leave it out"},
      {{"rotor-generate", "rotor-serve"}, "--fp16", kNone, {}, "give --quantize bf16 or --quantize int8"},
      {{"rotor-generate", "rotor-serve"},
       "--memory-efficient-fp16",
       kNone,
       {},
       "give --quantize bf16 or --quantize int8"},
      {kCorpusCommands, "--log-file", kOne, {}, "the log goes to standard error; leave it out, and add 2>FILE"},
      {kTrain, "-s", kOne, {}, kLanguages},
      {kTrain, "-t", kOne, {}, kLanguages},
      {kTrain, "--source-lang", kOne, {}, kLanguages},
      {kTrain, "--target-lang", kOne, {}, kLanguages},
  };
  return kRows;
}

const std::vector<ForeignOption>& preprocess_rows() {
  static const std::vector<ForeignOption> kRows = {
      {kPreprocess, "--thresholdsrc", kOne, {"0"}, "pieces need no threshold; choose their number with --vocab-size"},
      {kPreprocess, "--thresholdtgt", kOne, {"0"}, "pieces need no threshold; choose their number with --vocab-size"},
      {kPreprocess, "--padding-factor", kOne, {}, "a vocabulary has just --vocab-size pieces; leave it out"},
      {kPreprocess,
       "--align-suffix",
       kOne,
       {},
       "alignments are not trained on; rotor-generate --print-alignment reads the attention"},
      {kPreprocess,
       "--alignfile",
       kOne,
       {},
       "alignments are not trained on; rotor-generate --print-alignment reads the attention"},
      {kPreprocess,
       "--only-source",
       kNone,
       {},
       "give --task language_modeling for text of one language; rotor-generate reads raw text"},
      {kPreprocess, "--dict-only", kNone, {}, "give a small --validpref only with --srcdict to check a vocabulary"},
      {kPreprocess, "--fp16", kNone, {}, "give rotor-train --bf16"},
  };
  return kRows;
}

const std::vector<ForeignOption>& train_rows() {
  static const std::vector<ForeignOption> kRows = {
      {kTrain,
       "--criterion",
       kOne,
       {"label_smoothed_cross_entropy"},
       "cross_entropy is --label-smoothing 0, R-Drop is --rdrop-alpha"},
      {kTrain, "--fp16", kNone, {}, kMixed},
      {kTrain, "--memory-efficient-fp16", kNone, {}, kMixed},
      {kTrain, "--memory-efficient-bf16", kNone, {}, kMixed},
      {kTrain, "--amp", kNone, {}, kMixed},
      {kTrain, "--fp16-*", kOne, {}, "losses are not scaled; leave it out"},
      {kTrain, "--min-loss-scale", kOne, {}, "losses are not scaled; leave it out"},
      {kTrain, "--distributed-*", kOne, {}, kWorkers},
      {kTrain, "--ddp-backend", kOne, {}, kWorkers},
      {kTrain, "--device-id", kOne, {}, kWorkers},
      {kTrain, "--local_rank", kOne, {}, kWorkers},
      {kTrain,
       "--train-subset",
       kOne,
       {"train"},
       "it trains on the split train of each corpus; give other corpora as arguments"},
      {kTrain, "--valid-subset", kOne, {"valid"}, "it validates on the split valid of the first corpus; leave it out"},
      {kTrain, "--max-tokens-valid", kOne, {}, "validation takes batches of --max-tokens; leave it out"},
      {kTrain, "--batch-size-valid", kOne, {}, "validation takes batches of --batch-size; leave it out"},
      {kTrain,
       "--log-format",
       kOne,
       {"simple", "none"},
       "train.jsonl of --save-dir is JSON, the log is text; leave it out"},
      {kTrain,
       "--tensorboard-logdir",
       kOne,
       {},
       "recipes/tools/tensorboard_events.py converts train.jsonl of --save-dir; leave it out"},
      {kTrain, "--wandb-project", kOne, {}, "read train.jsonl of --save-dir"},
      {kTrain, "--maximize-best-checkpoint-metric", kNone, {}, ""},
      {kTrain, "--eval-bleu-detok", kOne, {}, kRawText},
      {kTrain, "--eval-bleu-detok-args", kOne, {}, kRawText},
      {kTrain, "--eval-bleu-remove-bpe", kOptional, {"", "sentencepiece"}, kRawText},
      {kTrain, "--eval-bleu-print-samples", kNone, {}, "translate with rotor-generate to see samples"},
      {kTrain, "--eval-tokenized-bleu", kNone, {}, "BLEU is sacreBLEU's of raw text; leave it out"},
      {kTrain, "--relu-dropout", kOne, {"0", "0.0"}, "give --activation-dropout"},
      {kTrain, "--encoder-learned-pos", kNone, {}, "give --encoder-position-encoding learned"},
      {kTrain, "--decoder-learned-pos", kNone, {}, "give --decoder-position-encoding learned"},
      {kTrain, "--no-token-positional-embeddings", kNone, {}, "give --position-encoding none"},
      {kTrain, "--sentence-avg", kNone, {}, "gradients are averaged over target tokens; leave it out"},
      {kTrain, "--left-pad-*", kOne, {}, "padding is masked and changes nothing; leave it out"},
      {kTrain, "--stop-time-hours", kOne, {}, "start it with timeout --signal=INT 8h; it saves and ends"},
      {kTrain, "--update-epoch-batch-itr", kOne, {}, "leave it out"},
      {kTrain, "--num-shards", kOne, {}, kWorkers},
      {kTrain, "--find-unused-parameters", kNone, {}, ""},
      {kTrain, "--data-buffer-size", kOne, {}, ""},
      {kTrain, "--fixed-validation-seed", kOne, {}, ""},
      {kTrain, "--ignore-unused-valid-subsets", kNone, {}, ""},
      {kTrain,
       "--report-accuracy",
       kNone,
       {},
       "of translations it reports loss and perplexity, of hidden tokens and labels accuracy too; leave it out"},
      {{"rotor-train"},
       "--no-last-checkpoints",
       kNone,
       {},
       "a training resumes from checkpoint_last; leave it out, or give --no-save to write no checkpoints"},
      {kTrain,
       "--truncate-source",
       kNone,
       {},
       "pairs longer than --max-source-positions are left out; shorten them before preprocessing, or leave it out"},
      {kTrain,
       "--skip-remainder-batch",
       kNone,
       {},
       "the last update of an epoch takes the batches that are left; leave it out"},
      {kTrain, "--encoder-embed-path", kOne, {}, kNoEmbeddings},
      {kTrain, "--decoder-embed-path", kOne, {}, kNoEmbeddings},
  };
  return kRows;
}

const std::vector<ForeignOption>& generate_rows() {
  static const std::vector<ForeignOption> kRows = {
      {kGenerate, "--remove-bpe", kOptional, {"", "sentencepiece"}, kRawText},
      {kGenerate, "--post-process", kOptional, {"", "sentencepiece"}, kRawText},
      {kGenerate, "--sacrebleu", kNone, {}, "score the output with rotor-score REFERENCE -i OUTPUT"},
      {kGenerate,
       "--scoring",
       kOne,
       {},
       "score the output with rotor-score REFERENCE -i OUTPUT; fairseq's bleu, of tokens with spaces between them, is "
       "that with --tokenize none --smooth-method none"},
      {kGenerate, "--quiet", kNone, {}, "give --output FILE, and score it with rotor-score"},
      {kGenerate, "--results-path", kOne, {}, "give --output FILE"},
      {kGenerate, "--prefix-size", kOne, {}, "give the beginnings of the translations as --prefix-file"},
      {kGenerate, "--no-early-stop", kNone, {}, "a search ends when --beam hypotheses are finished; leave it out"},
      {kGenerate,
       "--match-source-len",
       kNone,
       {},
       "no search keeps translations as long as their source; leave it out"},
      {kGenerate, "--model-overrides", kOne, {"{}"}, "the model file holds all that the model is; leave it out"},
      {kGenerate, "--num-shards", kOne, {"1"}, "split the input"},
      {kGenerate, "--shard-id", kOne, {"0"}, "split the input"},
      {kGenerate, "--lm-path", kOne, {}, "it adds no language model"},
      {kGenerate, "--lm-weight", kOne, {}, "it adds no language model"},
      {kGenerate, "--truncate-source", kNone, {}, ""},
      {kGenerate, "--retain-dropout", kNone, {}, "it translates without dropout"},
      {kGenerate, "--print-step", kNone, {}, "a search takes a step a token; leave it out"},
  };
  return kRows;
}

const std::vector<ForeignOption>& average_rows() {
  static const std::vector<ForeignOption> kRows = {
      {kAverage,
       "--num-update-checkpoints",
       kOne,
       {},
       "give --last N, which takes those of updates where a folder has fewer than N of epochs, or the files"},
      {kAverage, "--num-best-checkpoints", kOne, {}, "give the files: FOLDER/checkpoint_best_*"},
      {kAverage, "--checkpoint-upper-bound", kOne, {}, "give the files to average in place of the folder"},
  };
  return kRows;
}

/// Options of sacreBLEU and fairseq-score.
const std::vector<ForeignOption>& score_rows() {
  static const std::vector<ForeignOption> kRows = {
      {kScore, "-t", kOne, {}, kNoTestSets},
      {kScore, "--test-set", kOne, {}, kNoTestSets},
      {kScore, "--download", kOne, {}, kNoTestSets},
      {kScore, "--list", kNone, {}, kNoTestSets},
      {kScore, "--echo", kOne, {}, kNoTestSets},
      {kScore, "--citation", kNone, {}, kNoTestSets},
      {kScore, "--cite", kNone, {}, kNoTestSets},
      {kScore, "--subset", kOne, {}, kNoTestSets},
      {kScore, "-ol", kOne, {}, kNoTestSets},
      {kScore, "--origlang", kOne, {}, kNoTestSets},
      {kScore, "-d", kNone, {}, kNoTestSets},
      {kScore, "--detail", kNone, {}, kNoTestSets},
      {kScore, "-nr", kOne, {"1"}, "give a file for each reference: cut -f1 references.tsv > reference.1"},
      {kScore, "--num-refs", kOne, {"1"}, "give a file for each reference: cut -f1 references.tsv > reference.1"},
      {kScore, "-e", kOne, {"utf-8", "utf8", "UTF-8"}, "texts are UTF-8; convert them with iconv"},
      {kScore, "--encoding", kOne, {"utf-8", "utf8", "UTF-8"}, "texts are UTF-8; convert them with iconv"},
      {kScore, "-nc", kNone, {}, ""},
      {kScore, "--no-color", kNone, {}, ""},
      {kScore, "-j", kOne, {}, ""},
      {kScore, "--paired-jobs", kOne, {}, ""},
      {kScore, "-sh", kNone, {}, "signatures have one form; leave it out"},
      {kScore, "--short", kNone, {}, "signatures have one form; leave it out"},
      {kScore, "-parci", kNone, {}, "give --confidence with each system alone"},
      {kScore, "--paired-ar-ci", kNone, {}, "give --confidence with each system alone"},
      {kScore, "--sacrebleu", kNone, {}, ""},
      {kScore, "--order", kOne, {"4"}, "BLEU counts n-grams up to 4; leave it out"},
  };
  return kRows;
}

bool spells(const std::string& pattern, const std::string& spelling) {
  return pattern.ends_with('*') ? spelling.starts_with(pattern.substr(0, pattern.size() - 1)) : pattern == spelling;
}

}  // namespace

const ForeignOption* foreign_option(const std::string& command, const std::string& spelling) {
  for (const auto* rows :
       {&shared_rows(), &preprocess_rows(), &train_rows(), &generate_rows(), &average_rows(), &score_rows()}) {
    for (const ForeignOption& row : *rows) {
      if (std::count(row.commands.begin(), row.commands.end(), command) > 0 && spells(row.spelling, spelling))
        return &row;
    }
  }
  return nullptr;
}

std::string options_of_foreign_value(const std::string& option, const std::string& value) {
  static const std::map<std::string, std::string> kArchitectures = {
      {"transformer", "transformer_base"},
      {"transformer_wmt_en_de", "transformer_base"},
      {"transformer_iwslt_de_en", "transformer_iwslt"},
      {"transformer_vaswani_wmt_en_de_big", "transformer_big --dropout 0.3"},
      {"transformer_vaswani_wmt_en_fr_big", "transformer_big"},
      {"transformer_wmt_en_de_big", "transformer_big --dropout 0.3 --attention-dropout 0.1"},
      {"transformer_wmt_en_de_big_t2t",
       "transformer_big --dropout 0.3 --attention-dropout 0.1 --activation-dropout 0.1 --encoder-normalize-before "
       "--decoder-normalize-before"},
      {"transformer_lm_big",
       "transformer_lm --decoder-layers 12 --decoder-embed-dim 1024 --decoder-ffn-embed-dim 4096 "
       "--decoder-attention-heads 16"},
      {"transformer_lm_gpt2_small",
       "transformer_lm --decoder-layers 24 --decoder-embed-dim 1024 --decoder-ffn-embed-dim 4096 "
       "--decoder-attention-heads 16 --activation-fn gelu --attention-dropout 0.1"},
  };
  const auto found = kArchitectures.find(value);
  return option == "arch" && found != kArchitectures.end() ? "--arch " + found->second : "";
}

}  // namespace rotor

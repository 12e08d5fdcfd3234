// What rotor-preprocess refuses of its options.
#include "base/option_text.h"
#include "data/preprocess_options.h"
#include "text/user_symbols.h"

namespace rotor {

void PreprocessOptions::check() const {
  check_values(*this);
  if (has_pairs()) {
    check_pairs();
  } else {
    check_single_text();
  }
  if (has_tables()) check_tables();
  require(!trainpref.empty() || !validpref.empty() || !testpref.empty(),
          "expected text: give --trainpref, --validpref or --testpref");
  check_vocabulary();
}

void PreprocessOptions::check_pairs() const {
  require(!source_lang.empty() && !target_lang.empty(),
          "expected --source-lang and --target-lang, for example --source-lang en --target-lang de; or --task "
          "language_modeling for text of one language");
  require(source_lang != target_lang, "expected two languages, got {} as --source-lang and --target-lang", source_lang);
  require(!joined_dictionary || tgtdict.empty(),
          "expected one model for both languages with --joined-dictionary: give it as --srcdict, without --tgtdict");
  require(!joined_dictionary || (nwordssrc == 0 && nwordstgt == 0),
          "expected --vocab-size with --joined-dictionary, got --nwordssrc or --nwordstgt");
  require(train_max_ratio == 0 || train_max_ratio >= 1, "--train-max-ratio expects 0 or a number of 1 or more, got {}",
          train_max_ratio);
}

void PreprocessOptions::check_single_text() const {
  require(target_lang.empty(),
          "expected text of one language with --task {}, got --target-lang {}; leave it out, or "
          "take --task {}",
          task, target_lang, kTranslation);
  require(
      !joined_dictionary && tgtdict.empty() && nwordssrc == 0 && nwordstgt == 0,
      "expected one vocabulary with --task {}, got --joined-dictionary, --tgtdict, --nwordssrc or --nwordstgt; give "
      "--vocab-size, or a vocabulary as --vocabulary",
      task);
  require(!add_language_tags, "--add-language-tags is for --task {}, which has a target language; leave it out",
          kTranslation);
  if (has_tables()) return;
  require(!train_drop_identical && train_max_ratio == 0,
          "expected one text with --task {}, got --train-drop-identical or --train-max-ratio, which compare the two "
          "sides of pairs; leave them out",
          task);
  require(train_min_script == 0 || !source_lang.empty(),
          "expected --source-lang with --train-min-script, to know in which script the text is written");
}

void PreprocessOptions::check_tables() const {
  if (task == kSentenceRanking) {
    require(!context_column.empty() && context_column.find(',') == std::string::npos,
            "expected one column as --context-column with --task {}: that of the text for which candidates are ranked, "
            "got '{}'",
            task, context_column);
  }
  table_columns().check();
  const auto texts = std::ssize(tables.text_column_list());
  if (task == kSentenceRanking) {
    require(texts >= 2, "expected the columns of two candidates or more as --text-columns, such as B,C, got {}",
            tables.text_columns);
    return;
  }
  const int64_t most = corpus_task(task).most_columns;
  require(texts <= most,
          "expected one or two columns as --text-columns with --task {}, got {}; rows of more texts are "
          "for --task {}",
          task, texts, kSentenceRanking);
  require(trainpref.empty() || !tables.label_column.empty(),
          "expected --label-column with --trainpref: a training needs labels");
  require(!regression_target || !tables.label_column.empty(),
          "expected --label-column with --regression-target: the column of the numbers to be predicted");
}

void PreprocessOptions::check_vocabulary() const {
  require(model_type != kWordPieceModel || models_given(),
          "expected BERT's vocab.txt as --vocabulary with --model-type wordpiece, which Rotor does not train; take "
          "--model-type bpe for pieces that it does");
  require(
      !trainpref.empty() || !trains_vocabulary(), "expected --trainpref to train a vocabulary on, or {}",
      has_pairs() ? "models: --srcdict and --tgtdict, or --srcdict and --joined-dictionary" : "one as --vocabulary");
  const bool plain =
      !byte_fallback && character_coverage == 0 && normalization == "nmt_nfkc" && user_defined_symbols.empty();
  require(plain || !models_given(),
          "--byte-fallback, --character-coverage, --normalization and --user-defined-symbols are for training a "
          "vocabulary, and --srcdict gives one that is trained");
  require(character_coverage == 0 || (character_coverage >= kLeastCoverage && character_coverage <= 1),
          "expected --character-coverage from {} to 1, or 0 for the default, got {}", kLeastCoverage,
          character_coverage);
  parse_user_symbols(user_defined_symbols, byte_fallback);
}

}  // namespace rotor

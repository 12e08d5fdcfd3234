#include "train/translation_objective.h"

#include "train/training.h"
#include "train/translation_validator.h"

namespace rotor {
namespace {

class TranslationObjectiveTest : public TrainerTest {
 protected:
  TranslationObjectiveTest() { give_words(); }
};

TEST_F(TranslationObjectiveTest, ValidatesByBleuOnlyWhereAskedAndNotWithoutACorpus) {
  EXPECT_EQ(objective_of(options_)->validator({}), nullptr);
  validates_ = true;
  const auto plain = objective_of(options_), with_bleu = [&] {
    options_.checkpoints.eval_bleu = true;
    return objective_of(options_);
  }();
  EXPECT_EQ(dynamic_cast<TranslationValidator*>(plain->validator({}).get()), nullptr);
  EXPECT_NE(dynamic_cast<TranslationValidator*>(with_bleu->validator({}).get()), nullptr);
  EXPECT_EQ(plain->metrics(), (std::vector<std::string>{"loss", "bleu"}));
}

}  // namespace
}  // namespace rotor

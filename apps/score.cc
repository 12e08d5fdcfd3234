// rotor-score: translations and references in, BLEU, chrF and TER with their signatures out.
#include <iostream>

#include "base/options.h"
#include "score/evaluate.h"

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::Options options("rotor-score", "rotor-score --reference FILE… [--hypothesis FILE…] [options] [< hypothesis]",
                           "Scores translations with BLEU, chrF and TER, identical to sacreBLEU's.");
    rotor::ScoreOptions score;
    score.describe(options);
    options.parse(argc, argv);
    std::cout << rotor::evaluate(score) << '\n';
  });
}

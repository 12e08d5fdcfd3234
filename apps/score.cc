// rotor-score: translations and references in, BLEU, chrF and TER with their signatures out.
#include <iostream>

#include "base/options.h"
#include "report/score_report.h"

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::Options options("rotor-score", "rotor-score --reference FILE… [--hypothesis FILE…] [options] [< hypothesis]",
                           "Scores translations with BLEU, chrF and TER, identical to sacreBLEU's.");
    rotor::ScoreOptions score;
    rotor::ScoreReportOptions report;
    score.describe(options);
    report.describe(options);
    options.parse(argc, argv);
    score.check();
    report.check(score);
    const rotor::Texts texts = read_texts(score);
    std::cout << evaluate(score, texts) << '\n' << score_report(report, score, texts);
  });
}

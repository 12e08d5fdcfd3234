// rotor-score: translations and references in, BLEU, chrF and TER with their signatures out.
#include <iostream>

#include "base/command_line.h"
#include "base/log.h"
#include "base/run_app.h"
#include "compare/score_report.h"

int main(int argc, char** argv) {
  return rotor::run_app([&] {
    rotor::CommandLine options("rotor-score",
                               "rotor-score REFERENCE... [--hypothesis FILE...] [options] [< hypothesis]",
                               "Scores translations with BLEU, chrF and TER, identical to sacreBLEU's.");
    options.example("rotor-score test.de -i output.de -m bleu chrf ter", "Scores one system by three metrics.");
    options.example("rotor-score test.de -i a.de b.de -m bleu chrf++ --paired-bs",
                    "Compares two systems, and tests whether they differ.");
    rotor::ScoreOptions score;
    rotor::ScoreReportOptions report;
    score.describe(options);
    report.describe(options);
    options.read(argc, argv);
    score.apply(options);
    if (score.quiet) rotor::log::silence();
    score.check();
    report.check(score);
    options.warn_of_ignored();
    const rotor::Texts texts = read_texts(score);
    std::cout << evaluate(score, texts) << '\n' << score_report(report, score, texts);
  });
}

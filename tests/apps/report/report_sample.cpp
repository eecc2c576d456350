// Writes the sample report, for a browser to look at: report_sample FILE
#include <fstream>

#include "tests/apps/report/sample_report.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const mini_bert::TrainingHistory history = mini_bert::sample_history();
  std::ofstream file(argv[1], std::ios::binary);
  file << mini_bert::render_report(mini_bert::sample_report(history));
  return file.flush() ? 0 : 1;
}

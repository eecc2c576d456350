// Fine-tunes a BERT on the user's own texts, or trains one from random weights.
#include "apps/train/train_options.h"
#include "apps/train/training_check.h"
#include "apps/train/training_run.h"

int main(int argc, char** argv) {
  using namespace mini_bert;
  CommandLine line("mini_bert_train", "Fine-tunes a BERT on your own texts, or trains one from random weights.");
  TrainOptions typed;
  declare_flags(line, typed);
  int exit_code = 0;
  const int failure = line.run(argc, argv, [&] {
    const TrainOptions options = complete_options({argv + 1, argv + argc});
    if (options.check) return check_training(options);
    exit_code = train(options);
  });
  return failure != 0 ? failure : exit_code;
}

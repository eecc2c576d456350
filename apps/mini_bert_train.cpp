// Fine-tunes a BERT on the user's own texts, or trains one from random weights.
#include "apps/console/guarded_main.h"
#include "apps/console/terminal.h"
#include "apps/train/train_options.h"
#include "apps/train/training_check.h"
#include "apps/train/training_run.h"

namespace mini_bert {
namespace {

int train_main(int argc, char** argv) {
  CommandLine line("mini_bert_train", "Fine-tunes a BERT on your own texts, or trains one from random weights.");
  line.examples({"mini_bert_train --model models/mini-bert-zh --train my.txt --output out",
                 "mini_bert_train --model models/mini-bert-zh --train my.txt --output out \\\n"
                 "    --epochs 20 --learning-rate 5e-4 --probe '我家的猫叫[MASK]=咪'",
                 "mini_bert_train --task classify --model google-bert/bert-base-chinese \\\n"
                 "    --train reviews.csv --validation-split 0.1 --output out --check"});
  TrainOptions typed;
  declare_flags(line, typed);
  int exit_code = 0;
  const int failure = line.run(argc, argv, [&] {
    const TrainOptions options = complete_options({argv + 1, argv + argc});
    for (const std::string& note : options.notes) print_message("mini_bert_train: " + note);
    if (options.check) return check_training(options);
    exit_code = train(options);
  });
  return failure != 0 ? failure : exit_code;
}

}  // namespace
}  // namespace mini_bert

int main(int argc, char** argv) {
  return mini_bert::guarded_main("mini_bert_train", argc, argv, mini_bert::train_main);
}

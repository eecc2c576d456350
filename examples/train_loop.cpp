// Fine-tunes a model on a file of texts, in a loop of its own, and asks it a question before and after:
//   train_loop models/mini-bert-zh data/zhugetao/train.json '三国人物诸葛[MASK]'

#include <cstdio>
#include <exception>

#include "mini_bert/autograd/tape.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/data/dataset.h"
#include "mini_bert/bert/data/masking.h"
#include "mini_bert/bert/predict/fill_mask.h"
#include "mini_bert/nn/adamw.h"
#include "mini_bert/nn/clip_grad.h"

using namespace mini_bert;

int main(int argc, char** argv) try {
  require(argc == 4, "usage: train_loop MODEL_FOLDER TEXTS 'text with [MASK]'");
  const auto [model, tokenizer, report] = load_pretrained(argv[1], {.memory = WeightMemory::allocated});
  const Dataset texts = make_dataset(read_samples(argv[2]).samples, tokenizer, 128, Layout::text_per_sequence);
  std::printf("before: %s\n", fill_mask(*model, tokenizer, argv[3])[0][0].token_str.c_str());

  const Masker masker(tokenizer, 0.15);
  const std::vector<Parameter> parameters = model->parameters();
  AdamW optimizer(parameters, {.weight_decay = 0.01});
  constexpr std::uint32_t updates = 66, batch_size = 8, seed = 1;
  for (std::uint32_t step = 0; step < updates; ++step) {
    const auto first = texts.sequences.begin() + batch_size * (step % (std::ssize(texts.sequences) / batch_size));
    const MaskedBatch batch = masker.mask({first, first + batch_size}, seed, step);  // other masks in every step
    model->clear_grads();
    Tape tape;
    Mode mode = Mode::training(seed, step);  // decides what dropout drops
    tape.backward(model->loss(batch, static_cast<double>(batch.masked()), mode));
    optimizer.step(5e-4, clip_scale(gradient_norm(parameters), 1));
  }
  std::printf("after %u updates: %s\n", updates, fill_mask(*model, tokenizer, argv[3])[0][0].token_str.c_str());
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

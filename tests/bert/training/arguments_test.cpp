#include "bert/training/arguments.h"

#include "tests/catch.h"

using namespace mini_bert;

namespace {

TrainingArguments arguments(Index batch_size, Index accumulation_steps, double epochs) {
  TrainingArguments arguments;
  arguments.batch_size = batch_size;
  arguments.accumulation_steps = accumulation_steps;
  arguments.epochs = epochs;
  return arguments;
}

}  // namespace

TEST_CASE("plan: batches and updates of an epoch are rounded up") {
  const Plan exact(arguments(4, 2, 1), 16);
  CHECK(exact.batches_per_epoch == 4);
  CHECK(exact.updates_per_epoch == 2);
  const Plan short_batch(arguments(4, 2, 1), 13);  // the fourth batch holds one text
  CHECK(short_batch.batches_per_epoch == 4);
  CHECK(short_batch.updates_per_epoch == 2);
  const Plan short_group(arguments(4, 2, 1), 17);  // the third update reads one batch of one text
  CHECK(short_group.batches_per_epoch == 5);
  CHECK(short_group.updates_per_epoch == 3);
  const Plan large_batch(arguments(100, 10, 2), 3);
  CHECK(large_batch.updates_per_epoch == 1);
  CHECK(large_batch.total_steps == 2);
}

TEST_CASE("plan: fractional epochs are rounded up to updates; max_steps overrides them") {
  CHECK(Plan(arguments(2, 1, 3), 10).total_steps == 15);
  CHECK(Plan(arguments(2, 1, 1.5), 10).total_steps == 8);
  CHECK(Plan(arguments(2, 1, 0.01), 10).total_steps == 1);
  TrainingArguments limited = arguments(2, 1, 3);
  limited.max_steps = 7;
  CHECK(Plan(limited, 10).total_steps == 7);
  limited.max_steps = 1000;  // more than the epochs: the data are read again
  CHECK(Plan(limited, 10).total_steps == 1000);
}

TEST_CASE("plan: warm-up is a rounded up share of the updates, or a number") {
  TrainingArguments some = arguments(1, 1, 1);
  CHECK(Plan(some, 105).warmup_steps == 0);
  some.warmup_ratio = 0.1;
  CHECK(Plan(some, 105).warmup_steps == 11);
  some.warmup_steps = 3;
  CHECK(Plan(some, 105).warmup_steps == 3);
  some.warmup_steps = 0;
  CHECK(Plan(some, 105).warmup_steps == 0);
}

TEST_CASE("plan: a run logs twenty times, at most every 500 updates, and evaluates as often") {
  CHECK(Plan(arguments(1, 1, 1), 5).logging_steps == 1);
  CHECK(Plan(arguments(1, 1, 1), 200).logging_steps == 10);
  CHECK(Plan(arguments(1, 1, 1), 200).eval_steps == 10);
  CHECK(Plan(arguments(1, 1, 1), 100000).logging_steps == 500);
  TrainingArguments given = arguments(1, 1, 1);
  given.logging_steps = 7;
  CHECK(Plan(given, 200).logging_steps == 7);
  CHECK(Plan(given, 200).eval_steps == 7);
  given.eval_steps = 3;
  CHECK(Plan(given, 200).logging_steps == 7);
  CHECK(Plan(given, 200).eval_steps == 3);
}

TEST_CASE("plan: evaluations and checkpoints come every so many updates, every epoch or not at all") {
  TrainingArguments given = arguments(2, 2, 4);
  given.eval_steps = 3;
  given.save_steps = 7;
  CHECK(Plan(given, 10).eval_steps == 3);
  CHECK(Plan(given, 10).save_steps == 7);
  given.evaluate = given.save = Every::epoch;
  CHECK(Plan(given, 10).eval_steps == 3);  // five batches are three updates
  CHECK(Plan(given, 17).eval_steps == 5);
  CHECK(Plan(given, 17).save_steps == 5);
  given.evaluate = given.save = Every::never;
  CHECK(Plan(given, 10).eval_steps == 12);  // after the last update
  CHECK(Plan(given, 10).save_steps == 0);
}

TEST_CASE("plan: no texts, and numbers one cannot count with, are Errors") {
  CHECK_THROWS_WITH(Plan(arguments(4, 2, 1), 0), ContainsSubstring("nothing to train on"));
  CHECK_THROWS_WITH(Plan(arguments(0, 2, 1), 8), ContainsSubstring("batch_size must be at least 1, got 0"));
  CHECK_THROWS_WITH(Plan(arguments(4, -1, 1), 8), ContainsSubstring("accumulation_steps must be at least 1, got -1"));
  TrainingArguments given = arguments(4, 2, 1);
  given.logging_steps = 0;
  CHECK_THROWS_WITH(Plan(given, 8), ContainsSubstring("logging_steps must be at least 1, got 0"));
  given = arguments(4, 2, 1);
  given.eval_steps = 0;
  CHECK_THROWS_WITH(Plan(given, 8), ContainsSubstring("eval_steps must be at least 1, got 0"));
  given = arguments(4, 2, 1);
  given.early_stopping_patience = 0;
  CHECK_THROWS_WITH(Plan(given, 8), ContainsSubstring("early_stopping_patience must be at least 1, got 0"));
}

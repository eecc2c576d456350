#include "mini_bert/bert/training/arguments.h"

#include "mini_bert/bert/training/sampler.h"
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

// Of so many texts, whose length does not matter.
Plan plan(const TrainingArguments& arguments, std::size_t texts) {
  return Sampler(std::vector<Index>(texts, 7), arguments).plan();
}

}  // namespace

TEST_CASE("plan: batches and updates of an epoch are rounded up") {
  const Plan exact = plan(arguments(4, 2, 1), 16);
  CHECK(exact.batches_per_epoch == 4);
  CHECK(exact.updates_per_epoch == 2);
  const Plan short_batch = plan(arguments(4, 2, 1), 13);  // the fourth batch holds one text
  CHECK(short_batch.batches_per_epoch == 4);
  CHECK(short_batch.updates_per_epoch == 2);
  const Plan short_group = plan(arguments(4, 2, 1), 17);  // the third update reads one batch of one text
  CHECK(short_group.batches_per_epoch == 5);
  CHECK(short_group.updates_per_epoch == 3);
  const Plan large_batch = plan(arguments(100, 10, 2), 3);
  CHECK(large_batch.updates_per_epoch == 1);
  CHECK(large_batch.total_steps == 2);
}

TEST_CASE("plan: fractional epochs are rounded up to updates; max_steps overrides them") {
  CHECK(plan(arguments(2, 1, 3), 10).total_steps == 15);
  CHECK(plan(arguments(2, 1, 1.5), 10).total_steps == 8);
  CHECK(plan(arguments(2, 1, 0.01), 10).total_steps == 1);
  TrainingArguments limited = arguments(2, 1, 3);
  limited.max_steps = 7;
  CHECK(plan(limited, 10).total_steps == 7);
  limited.max_steps = 1000;  // more than the epochs: the data are read again
  CHECK(plan(limited, 10).total_steps == 1000);
}

TEST_CASE("plan: warm-up is a rounded up share of the updates, or a number") {
  TrainingArguments some = arguments(1, 1, 1);
  CHECK(plan(some, 105).warmup_steps == 0);
  some.warmup_ratio = 0.1;
  CHECK(plan(some, 105).warmup_steps == 11);
  some.warmup_steps = 3;
  CHECK(plan(some, 105).warmup_steps == 3);
  some.warmup_steps = 0;
  CHECK(plan(some, 105).warmup_steps == 0);
}

TEST_CASE("plan: a run logs twenty times, at most every 500 updates, and evaluates as often") {
  CHECK(plan(arguments(1, 1, 1), 5).logging_steps == 1);
  CHECK(plan(arguments(1, 1, 1), 200).logging_steps == 10);
  CHECK(plan(arguments(1, 1, 1), 200).eval_steps == 10);
  CHECK(plan(arguments(1, 1, 1), 100000).logging_steps == 500);
  TrainingArguments given = arguments(1, 1, 1);
  given.logging_steps = 7;
  CHECK(plan(given, 200).logging_steps == 7);
  CHECK(plan(given, 200).eval_steps == 7);
  given.eval_steps = 3;
  CHECK(plan(given, 200).logging_steps == 7);
  CHECK(plan(given, 200).eval_steps == 3);
}

TEST_CASE("plan: evaluations and checkpoints come every so many updates, every epoch or not at all") {
  TrainingArguments given = arguments(2, 2, 4);
  given.eval_steps = 3;
  given.save_steps = 7;
  CHECK(plan(given, 10).eval_steps == 3);
  CHECK(plan(given, 10).save_steps == 7);
  given.evaluate = given.save = Every::epoch;
  CHECK(plan(given, 10).eval_steps == 3);  // five batches are three updates
  CHECK(plan(given, 17).eval_steps == 5);
  CHECK(plan(given, 17).save_steps == 5);
  given.evaluate = given.save = Every::never;
  CHECK(plan(given, 10).eval_steps == 12);  // after the last update
  CHECK(plan(given, 10).save_steps == 0);
}

TEST_CASE("plan: no texts, and numbers one cannot count with, are Errors") {
  CHECK_THROWS_WITH(plan(arguments(4, 2, 1), 0), ContainsSubstring("nothing to train on"));
  CHECK_THROWS_WITH(plan(arguments(0, 2, 1), 8), ContainsSubstring("`batch_size` is 0; expected at least 1"));
  CHECK_THROWS_WITH(plan(arguments(4, -1, 1), 8), ContainsSubstring("`accumulation_steps` is -1; expected at least 1"));
  TrainingArguments given = arguments(4, 2, 1);
  given.logging_steps = 0;
  CHECK_THROWS_WITH(plan(given, 8), ContainsSubstring("`logging_steps` is 0; expected at least 1"));
  given = arguments(4, 2, 1);
  given.eval_steps = 0;
  CHECK_THROWS_WITH(plan(given, 8), ContainsSubstring("`eval_steps` is 0; expected at least 1"));
  given = arguments(4, 2, 1);
  given.early_stopping_patience = 0;
  CHECK_THROWS_WITH(plan(given, 8), ContainsSubstring("`early_stopping_patience` is 0; expected at least 1"));
}

TEST_CASE("plan: intervals as shares of all updates, rounded up, and rows at every epoch or only at the end") {
  TrainingArguments some = arguments(1, 1, 1);
  some.logging_share = 0.25;
  some.eval_share = 0.5;
  some.save_share = 0.1;
  const Plan shares = plan(some, 105);
  CHECK(shares.logging_steps == 27);
  CHECK(shares.eval_steps == 53);
  CHECK(shares.save_steps == 11);
  some.save = Every::never;
  some.log = Every::epoch;
  some.epochs = 2;
  CHECK(plan(some, 105).save_steps == 0);
  CHECK(plan(some, 105).logging_steps == 105);
  some.log = Every::never;
  CHECK(plan(some, 105).logging_steps == 210);
}

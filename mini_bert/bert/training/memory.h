#pragma once

#include <cstddef>

#include "mini_bert/bert/training/objective.h"
#include "mini_bert/tokenizer/tokenizer.h"

namespace mini_bert {

struct TrainingArguments;

// The most memory that a run of this process will have resident, in bytes: weights, which may still be to come
// (checkpoint.h), training state, data that have been read, and the program. The run is rehearsed
// (tensor/rehearsal.h): AdamW and the anchor are made, the model is evaluated, and the updates with the largest batches
// are gone through. So this is no formula of shapes. It counts what the run itself asks for, in whole huge pages and
// with the gaps that stay between tensors. It adds
//   what this process has resident now besides tensors: program, libraries, data, vocabulary;
//   run_time_growth, a bound: pages of the program that a rehearsal does not touch, the stacks of the threads, the
//   history and the report of the run, buffers of files that are written;
//   other_gaps, two huge pages. The threads of a run take their scratch memory in another order than the rehearsal, so
//   tensors may lie in other gaps. Runs were seen that reached two pages more; this is no proof that none reaches
//   three.
// Two things it cannot know: how many tokens chance will mask in batches that were not gone through, and which updates
// are the largest of a run that reads more than ten million examples. The memory of this process's allocator that is
// not in use goes back to the system. Nothing is computed and no weight is read. OutOfMemoryError when the system does
// not give one process so much.
std::size_t planned_training_bytes(const Objective& objective, const Tokenizer& tokenizer,
                                   const TrainingArguments& arguments);

}  // namespace mini_bert

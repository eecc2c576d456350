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
//   run_time_growth, 3 MB: code of the program and of the C library that is read from its file when it first runs,
//   stacks of the threads, the history and the report, 1.0 to 1.6 MB in runs of 44 to 350 MB, of several tasks, with 1
//   to 16 threads; and a piece of a file of weights that is read at the end (tensor_file.cpp), 1 MB;
//   another_order, one huge page. The same requests in the same order find the same places, and runs whose updates were
//   all gone through reached the very pages of the rehearsal. Where another update or evaluation comes between, the
//   place of a tensor may be another.
// Two things it cannot know: how many tokens chance will mask in batches that were not gone through, and which updates
// are the largest of a run that reads more than ten million examples. The memory of this process's allocator that is
// not in use goes back to the system. Nothing is computed and no weight is read. OutOfMemoryError when the system does
// not give one process so much.
std::size_t planned_training_bytes(const Objective& objective, const Tokenizer& tokenizer,
                                   const TrainingArguments& arguments);

}  // namespace mini_bert

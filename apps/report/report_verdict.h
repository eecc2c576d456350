#pragma once

#include <vector>

#include "apps/report/text.h"
#include "mini_bert/bert/training/history.h"

namespace mini_bert {

// The summary of the run; report_verdict() is its English.
Text verdict_of(const TrainingHistory& history);

// "fell from 6.231 to 2.113"; "is 6.231" after a single row.
Text loss_course(const std::vector<TrainingRow>& rows);

// "fell from 4 to 2"; "stayed at 4" when both texts are equal.
Text course_of(double from, double to, const std::string& from_text, const std::string& to_text);

// The evaluation with the lowest loss; null when there is none.
const EvaluationRow* best_evaluation(const TrainingHistory& history);

}  // namespace mini_bert

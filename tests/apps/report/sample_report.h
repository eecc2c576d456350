#pragma once

#include <cmath>
#include <string>

#include "apps/report/report.h"

namespace mini_bert {

// A made-up run: 300 steps in three epochs, an evaluation every 20 steps, and three probes.
inline TrainingHistory sample_history() {
  TrainingHistory history;
  history.step = history.total_steps = 300;
  history.epoch = history.epochs = 3;
  const auto ask = [&history](Index step) {
    const double t = static_cast<double>(step) / 300;
    history.probes.push_back({step,
                              "三顾[MASK]庐",
                              {{step < 60    ? "国"
                                : step < 100 ? "军"
                                             : "茅",
                                0.18 + 0.68 * t},
                               {step < 100 ? "茅" : "草", 0.14 - 0.1 * t},
                               {"山", 0.06 - 0.04 * t},
                               {"家", 0.031 - 0.02 * t},
                               {"大", 0.01 - 0.0097 * t}}});
    history.probes.push_back(
        {step,
         "The <b>capital</b> of Shu & Han is [MASK].",
         {{"Chengdu", 0.5 + 0.4 * t}, {"\"Luoyang\"", 0.3 - 0.25 * t}, {"<unk>", 0.1 - 0.09 * t}}});
    history.probes.push_back(
        {step,
         "诸葛亮字孔[MASK],琅琊阳都人也。",
         {{step < 300 ? "子" : "明", 0.2 + 0.05 * std::sin(9 * t)}, {step < 300 ? "明" : "子", 0.19}}});
  };
  const auto evaluate = [&](Index step) {
    const double t = static_cast<double>(step) / 300;
    ask(step);
    history.evaluations.push_back({step, 3 * t, 2.6 + 3.4 * std::exp(-4 * t) + 0.35 * t * t});
  };
  evaluate(0);
  for (Index step = 5; step <= 300; step += 5) {
    const double t = static_cast<double>(step) / 300;
    history.training.push_back(
        {step, 3 * t, 1.9 + 4.3 * std::exp(-3.5 * t) + 0.12 * std::sin(1.7 * static_cast<double>(step)),
         1.2 + 3 * std::exp(-5 * t) + (step == 120 ? 4 : 0) + 0.2 * std::sin(static_cast<double>(step)),
         step <= 30 ? 5e-5 * static_cast<double>(step) / 30 : 5e-5 * static_cast<double>(300 - step) / 270});
    if (step % 20 == 0) evaluate(step);
  }
  for (const EvaluationRow& row : history.evaluations) {
    if (history.best_step && row.loss >= history.best_metric) continue;
    history.best_metric = row.loss;
    history.best_step = row.step;
  }
  return history;
}

inline Report sample_report(const TrainingHistory& history) {
  return {
      "data/zhugetao/train.json on models/mini-bert-zh",
      "How much the right words under the masks surprise the model: −ln of the probability it gives them, on average.",
      {{"training texts", "92 (1,830 tokens)"},
       {"validation texts", "23 (466 tokens)"},
       {"parameters", "5,397,248"},
       {"threads", "2"},
       {"speed", "1,240 tokens a second"},
       {"model", "models/mini-bert-zh (4 layers, 256 wide, 4 heads)"},
       {"output", "runs/zhugetao <first> & \"best\""}},
      {{"--model", "models/mini-bert-zh"},
       {"--train", "data/zhugetao/train.json"},
       {"--learning-rate", "5e-05"},
       {"--epochs", "3"},
       {"--batch-size", "8"},
       {"--text-column", ""}},
      history,
      "completed in 42 s"};
}

}  // namespace mini_bert

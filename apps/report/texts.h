#pragma once

#include <array>

#include "apps/report/text.h"

// Every text of report.html: a column for each language, in the order of report_languages.
namespace mini_bert::say {

inline constexpr Phrase comma = {", ", "，"};
inline constexpr Phrase between_two = {" and ", "，"};
inline constexpr Phrase before_last = {", and ", "，"};

// ---- the head ----
inline constexpr Phrase kicker = {"mini_bert training report", "mini_bert 训练报告"};
inline constexpr Phrase still_running = {"still running when this page was written; reload it to see more",
                                         "写这一页时还在训练，刷新可以看到更多"};
inline constexpr Phrase do_not_overlook = {"Do not overlook", "请注意"};

// ---- the verdict ----
inline constexpr Phrase nothing_yet = {"Nothing has been trained yet.", "还没有开始训练。"};
inline constexpr Phrase one_step = {"{0} step", "{0} 步"};
inline constexpr Phrase steps = {"{0} steps", "{0} 步"};
inline constexpr Phrase steps_of = {"{0} of {1} steps", "{1} 步中的 {0} 步"};
inline constexpr Phrase one_epoch = {"{0} epoch", "{0} 轮"};
inline constexpr Phrase epochs = {"{0} epochs", "{0} 轮"};
inline constexpr Phrase progress = {"{0} ({1})", "{0}（{1}）"};
inline constexpr Phrase done = {"{0} done.", "已训练 {0}。"};
inline constexpr Phrase in_progress = {"In {0} {1}.", "训练 {0}：{1}。"};
inline constexpr Phrase after_progress = {"After {0} {1}.", "训练 {0} 之后：{1}。"};
inline constexpr Phrase training_loss_clause = {"the training loss {0}", "训练损失{0}"};
inline constexpr Phrase validation_perplexity = {"the validation perplexity {0}", "验证困惑度{0}"};
inline constexpr Phrase validation_metric = {"the validation {0} {1}", "验证{0}{1}"};
inline constexpr Phrase guard_course = {"the guard's right first answers {0}", "旧题一次答对的比例{0}"};
inline constexpr Phrase is = {"is {0}", "是 {0}"};
inline constexpr Phrase stayed = {"stayed at {0}", "没有变，还是 {0}"};
inline constexpr Phrase fell = {"fell from {0} to {1}", "从 {0} 降到 {1}"};
inline constexpr Phrase rose = {"rose from {0} to {1}", "从 {0} 升到 {1}"};
inline constexpr Phrase probe_changed = {"the probe changed its first answer", "问题的第一答案变了"};
inline constexpr Phrase probe_kept = {"the probe kept its first answer", "问题的第一答案没有变"};
inline constexpr Phrase no_probe_changed = {"no probe changed its first answer", "所有问题的第一答案都没有变"};
inline constexpr Phrase probes_changed = {"{0} of {1} probes changed their first answer",
                                          "{1} 个问题中，{0} 个换了第一答案"};
inline constexpr Phrase risen_since = {
    " The validation loss was lowest, {0} ({1} {2}), at step {3} and has risen since.",
    "验证损失在第 {3} 步最低，是 {0}（{1} {2}），后来又升高了。"};

// ---- probes ----
inline constexpr Phrase probes = {"Probes", "问题"};
inline constexpr Phrase probes_note = {
    "What the model puts into the (first) blank, most probable answer first, before and after this training.",
    "训练前后，模型在（第一个）空里填什么。最可能的答案排在最前面。"};
inline constexpr Phrase probes_note_once = {
    "What the model puts into the (first) blank, most probable answer first; it has been asked only once so far.",
    "模型在（第一个）空里填什么。最可能的答案排在最前面。到现在只问过一次。"};
inline constexpr Phrase give_the_right_answer = {
    "A probe that ends in its right answer, as in --probe '…[MASK]…=橙', also says whether the model has learned or "
    "forgotten it.",
    "在问题后面写上正确答案，例如 --probe '……[MASK]……=橙'，这里还会说明模型学会了没有、忘了没有。"};
inline constexpr Phrase known_before = {"known before", "本来就会"};
inline constexpr Phrase learned = {"learned", "学会了"};
inline constexpr Phrase forgotten = {"forgotten", "忘了"};
inline constexpr Phrase not_yet = {"not yet", "还没学会"};
inline constexpr Phrase changed = {"changed", "变了"};
inline constexpr Phrase one_right_answer = {"of {0} right answer {1}", "{0} 个正确答案中，{1}"};
inline constexpr Phrase right_answers = {"of {0} right answers {1}", "{0} 个正确答案中，{1}"};
inline constexpr Phrase was_learned = {"{0} was learned", "{0} 个学会了"};
inline constexpr Phrase were_learned = {"{0} were learned", "{0} 个学会了"};
inline constexpr Phrase was_known = {"{0} was known before", "{0} 个本来就会"};
inline constexpr Phrase were_known = {"{0} were known before", "{0} 个本来就会"};
inline constexpr Phrase was_forgotten = {"{0} was forgotten", "{0} 个忘了"};
inline constexpr Phrase were_forgotten = {"{0} were forgotten", "{0} 个忘了"};
inline constexpr Phrase is_not_learned = {"{0} is not learned yet", "{0} 个还没学会"};
inline constexpr Phrase are_not_learned = {"{0} are not learned yet", "{0} 个还没学会"};
inline constexpr Phrase lost_again_item = {"{0} in {1} was the first answer at step {2}",
                                           "“{1}”在第 {2} 步答对过“{0}”"};
inline constexpr Phrase semicolon = {"; ", "；"};
inline constexpr Phrase advice_lost_again = {
    "Learned, and lost again: {0}. End earlier (--epochs), or lower --learning-rate.",
    "学会过，又丢了：{0}。可以早些结束（--epochs），或者降低 --learning-rate。"};
inline constexpr Phrase advice_not_yet = {
    "Not learned yet: train longer (--epochs), with a higher --learning-rate, or on more texts that say it; "
    "--mask-words makes the model guess a word each time.",
    "有的还没学会：可以多教几轮（--epochs），提高 --learning-rate，或者多写几句这件事；--mask-words "
    "让模型每次都猜某个词。"};
inline constexpr Phrase advice_forgotten = {
    "Forgotten: add texts that say it to --train, lower --learning-rate, or hold the old weights with --anchor 30.",
    "有的忘了：可以在 --train 里加上说这件事的句子，降低 --learning-rate，或者用 --anchor 30 拴住原来的参数。"};
inline constexpr Phrase before_step = {"Before, step {0}", "之前，第 {0} 步"};
inline constexpr Phrase after_step = {"After, step {0}", "之后，第 {0} 步"};
inline constexpr Phrase no_answer = {"No answer.", "没有回答。"};
inline constexpr Phrase nothing = {"(nothing)", "（空）"};
inline constexpr Phrase rank_change = {"rank {0} → {1}", "名次 {0} → {1}"};
inline constexpr Phrase earlier = {"{0} earlier", "前面还有 {0} 段"};
inline constexpr Phrase at_step = {"step {0}", "第 {0} 步"};
inline constexpr Phrase first_answer_course = {"First answer at every evaluation", "每次评估时的第一答案"};
inline constexpr Phrase right_answer_course = {"Probability of {0}, and the first answer, at every evaluation",
                                               "每次评估时“{0}”的概率，以及第一答案"};
inline constexpr Phrase column_of_right = {"Probability of {0} at every evaluation", "每次评估时“{0}”的概率"};
inline constexpr Phrase column_of_first = {"Probability of the first answer at every evaluation",
                                           "每次评估时第一答案的概率"};
inline constexpr Phrase column_rank = {"step {0}: rank {1}, {2}", "第 {0} 步：第 {1} 名，{2}"};
inline constexpr Phrase column_answer = {"step {0}: {1} {2}", "第 {0} 步：{1} {2}"};

// ---- the guard ----
inline constexpr Phrase what_was_kept = {"What was kept", "还记得什么"};
inline constexpr Phrase guard_note = {
    "The guard asks for {0} words that this training is not about. What the model loses here is the price of what it "
    "learned above.",
    "这里有 {0} 道跟训练内容无关的旧题。在这里丢掉的，就是上面学到的东西的代价。"};
inline constexpr Phrase right_at_once = {"Right at once", "一次答对"};
inline constexpr Phrase among_five = {"Among the first five", "前五名里有"};
inline constexpr Phrase mean_log_probability = {"Mean log-probability", "平均对数概率"};
inline constexpr Phrase mean_rank = {"Mean rank", "平均名次"};
inline constexpr Phrase right_in_percent = {"Right at once, in %", "一次答对，%"};
inline constexpr Phrase right_note = {"The share of blanks whose right word comes first.",
                                      "正确的字排第一的空占多少。"};
inline constexpr Phrase log_probability = {"Log-probability of the right word", "正确答案的对数概率"};
inline constexpr Phrase log_probability_note = {"The mean over all blanks. Higher is better.",
                                                "所有空的平均，越高越好。"};
inline constexpr Phrase lost = {"Lost: {0}", "丢了：{0}"};
inline constexpr Phrase gained = {"Gained: {0}", "多会了：{0}"};
inline constexpr Phrase text_column = {"Text", "句子"};
inline constexpr Phrase rank_before = {"Rank before", "之前的名次"};
inline constexpr Phrase rank_after = {"Rank after", "之后的名次"};

// ---- charts ----
inline constexpr Phrase loss = {"Loss", "损失"};
inline constexpr Phrase loss_note = {"{0} Lower is better.", "{0}越低越好。"};
inline constexpr Phrase loss_by_step = {"Loss by step", "损失随步数的变化"};
inline constexpr Phrase by_step = {"{0} by step", "{0}随步数的变化"};
inline constexpr Phrase training_loss = {"training loss", "训练损失"};
inline constexpr Phrase validation_loss = {"validation loss", "验证损失"};
inline constexpr Phrase training_loss_course = {"The training loss {0}. ", "训练损失{0}。"};
inline constexpr Phrase lowest_validation = {"The validation loss is lowest, {0}, at step {1}.",
                                             "验证损失在第 {1} 步最低，是 {0}。"};
inline constexpr Phrase best_mark = {"best: {0}, step {1}", "最好：{0}，第 {1} 步"};
inline constexpr Phrase no_validation = {
    "Without validation texts this page cannot tell learning from learning by heart.",
    "没有验证用的句子，看不出是学会了，还是背下来了。"};
inline constexpr Phrase validation_note = {
    "The validation texts are never trained on. When their loss rises while the training loss still falls, the model "
    "has "
    "begun to learn the training texts by heart.",
    "验证用的句子从来不学。它们的损失开始升，训练损失却还在降，说明模型在死记硬背。"};
inline constexpr Phrase faint_lines = {" Faint lines are single rows, clear ones their means.",
                                       "浅线是每一行，深线是它们的平均。"};
inline constexpr Phrase updates = {"Updates", "更新"};
inline constexpr Phrase learning_rate = {"Learning rate", "学习率"};
inline constexpr Phrase learning_rate_note = {"How far an update moves the weights.", "每次更新，参数走多远。"};
inline constexpr Phrase gradient_norm = {"Gradient norm", "梯度范数"};
inline constexpr Phrase gradient_norm_note = {
    "How steeply the loss falls, before clipping. Spikes that grow ask for a lower learning rate.",
    "裁剪之前，损失下降得有多陡。尖峰越来越高，就该降低学习率。"};
inline constexpr Phrase step_axis = {"step", "步"};
inline constexpr Phrase epoch_axis = {"epoch", "轮"};
inline constexpr Phrase logarithmic = {"logarithmic scale", "对数刻度"};
inline constexpr Phrase dot = {"{0}, step {1}: {2:.4g}", "{0}，第 {1} 步：{2:.4g}"};

// ---- tables ----
inline constexpr Phrase all_rows = {"All rows", "全部记录"};
inline constexpr Phrase step = {"Step", "步"};
inline constexpr Phrase epoch = {"Epoch", "轮"};
inline constexpr Phrase training_loss_column = {"Training loss", "训练损失"};
inline constexpr Phrase validation_loss_column = {"Validation loss", "验证损失"};
inline constexpr Phrase row_count = {"{0} rows", "{0} 行"};
inline constexpr Phrase rows_note = {"A training loss is the mean since the row before.",
                                     "训练损失是上一行以来的平均。"};
inline constexpr Phrase rows_note_perplexity = {
    "A training loss is the mean since the row before. Perplexity, e to the power of the validation loss: the model is "
    "as "
    "unsure as if it chose among so many words. The best row is shaded.",
    "训练损失是上一行以来的平均。困惑度是 e 的验证损失次方：模型就像在这么多个词里拿不定主意。最好的一行有底色。"};
inline constexpr Phrase rows_note_metric = {
    "A training loss is the mean since the row before. The row with the lowest validation loss is shaded.",
    "训练损失是上一行以来的平均。验证损失最低的一行有底色。"};
inline constexpr Phrase this_run = {"This run", "这次训练"};
inline constexpr Phrase arguments = {"Arguments", "选项"};
inline constexpr Phrase argument_count = {"{0} arguments", "{0} 个选项"};
inline constexpr Phrase how_good = {"How good it is", "成绩"};
inline constexpr Phrase how_good_note = {"On the validation data, at step {0}.", "在验证数据上，第 {0} 步。"};
inline constexpr Phrase confusion = {"Confusion matrix", "混淆矩阵"};
inline constexpr Phrase confusion_note = {"A row is the right label, a column the one the model gave.",
                                          "一行是一个正确的标签，一列是模型给出的标签。"};

// ---- texts that other parts of the program write in English; see translated() ----
inline constexpr std::array from_elsewhere = {
    Phrase{"perplexity", "困惑度"},
    Phrase{"accuracy", "准确率"},
    Phrase{"precision", "精确率"},
    Phrase{"recall", "召回率"},
    Phrase{"completed in {0}", "用时 {0}，已完成"},
    Phrase{"stopped early after {0}", "{0} 后提前结束"},
    Phrase{"interrupted after {0}", "{0} 后被中断"},
    Phrase{"ended by an error after {0}", "{0} 后因出错而结束"},
    Phrase{"model", "模型"},
    Phrase{"words", "新词"},
    Phrase{"training", "训练"},
    Phrase{"training texts", "训练用的句子"},
    Phrase{"validation", "验证"},
    Phrase{"validation texts", "验证用的句子"},
    Phrase{"columns", "列"},
    Phrase{"rows", "行"},
    Phrase{"masking", "遮盖"},
    Phrase{"guard", "旧题"},
    Phrase{"plan", "计划"},
    Phrase{"parameters", "参数个数"},
    Phrase{"threads", "线程"},
    Phrase{"speed", "速度"},
    Phrase{"output", "输出"},
    Phrase{"memory", "内存"},
    Phrase{"{0}, random weights", "{0}，随机参数"},
    Phrase{"{0}: {1} layers × {2}, {3} tokens, {4} parameters", "{0}：{1} 层 × {2}，词表 {3}，{4} 个参数"},
    Phrase{"{0}: {1} texts, {2} tokens", "{0}：{1} 句，{2} 个词元"},
    Phrase{"{0}: {1} text, {2} tokens", "{0}：{1} 句，{2} 个词元"},
    Phrase{"{0} texts were longer than the model reads and were cut", "{0} 句太长，模型读不完，截短了"},
    Phrase{"{0} text was longer than the model reads and was cut", "{0} 句太长，模型读不完，截短了"},
    Phrase{"{0} tokens not in the vocabulary, read as [UNK]: {1}", "{0} 个词元不在词表里，读成 [UNK]：{1}"},
    Phrase{"{0} token not in the vocabulary, read as [UNK]: {1}", "{0} 个词元不在词表里，读成 [UNK]：{1}"},
    Phrase{"{0} of them stay as they are: the embeddings and {1} layers", "其中 {0} 个不变：嵌入和 {1} 层"},
    Phrase{"{0}: {1} blanks", "{0}：{1} 个空"},
    Phrase{"{0} labels: {1}", "{0} 个标签：{1}"},
    Phrase{"{0} updates of {1} texts, {2} epochs; learning rate {3}, {4}; threads: {5}",
           "{0} 次更新，每次 {1} 句，{2} 轮；学习率 {3}，{4}；线程 {5} 个"},
    Phrase{"{0} updates of up to {1} tokens, {2} epochs; learning rate {3}, {4}; threads: {5}",
           "{0} 次更新，每次最多 {1} 个词元，{2} 轮；学习率 {3}，{4}；线程 {5} 个"},
    Phrase{"anchor {0}: every trained weight is pulled to where it starts", "锚 {0}：每个参数都被拉向原来的位置"},
    Phrase{"f32 (auto: this CPU does not multiply bf16)", "f32（自动选择：这个处理器不会直接算 bf16）"},
    Phrase{"bf16 (auto: this CPU multiplies bf16)", "bf16（自动选择：这个处理器会直接算 bf16）"},
    Phrase{"about {0} at most", "最多约 {0}"},
    Phrase{"the {0} loss ended at {1}, far above {2} where it began: the training has damaged the model; try a lower "
           "--learning-rate (it was {3})",
           "{0}损失开始时是 {2}，结束时高到 {1}：训练把模型弄坏了。请降低 --learning-rate（这次是 {3}）"},
    Phrase{"the model has forgotten: {0}", "模型忘了：{0}"},
    Phrase{"the model has not yet learned: {0}", "模型还没有学会：{0}"},
    Phrase{"and {0} more", "还有 {0} 个"},
    Phrase{"{0} in {1} (rank {2} before, {3} now); {4}", "“{1}”里的“{0}”（名次：之前 {2}，现在 {3}）；{4}"},
    Phrase{"{0} in {1} (rank {2} before, {3} now)", "“{1}”里的“{0}”（名次：之前 {2}，现在 {3}）"},
    Phrase{"an error ended this run: {0}", "训练因出错而结束：{0}"},
    Phrase{"How much the right words under the masks surprise the model: −ln of the probability it gives them, on "
           "average.",
           "遮住的正确答案让模型有多意外：它给正确答案的概率取 −ln，再求平均。"},
    Phrase{"How much the right words under the masks surprise the model, plus how much the right answer to whether a "
           "sentence follows the other does: −ln of the probability it gives them, on average.",
           "遮住的正确答案让模型有多意外，再加上“后一句是否接着前一句”的正确答案让它有多意外：概率取 −ln，再求平均。"},
    Phrase{"How much the right labels surprise the model: −ln of the probability it gives them, on average. Where it "
           "learns "
           "numbers: the mean squared error.",
           "正确的标签让模型有多意外：它给正确标签的概率取 −ln，再求平均。学的是数值时，是均方误差。"},
    Phrase{"How much the right tags surprise the model: −ln of the probability it gives them, on average.",
           "正确的标注让模型有多意外：它给正确标注的概率取 −ln，再求平均。"},
    Phrase{"How much the right choices surprise the model: −ln of the probability it gives them, on average.",
           "正确的选项让模型有多意外：它给正确选项的概率取 −ln，再求平均。"},
    Phrase{"How much the right beginnings and ends of answers surprise the model: −ln of the probability it gives "
           "them, on "
           "average.",
           "答案正确的起点和终点让模型有多意外：它给它们的概率取 −ln，再求平均。"},
};

}  // namespace mini_bert::say

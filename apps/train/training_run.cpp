#include "apps/train/training_run.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string_view>

#include "apps/console/argument_wording.h"
#include "apps/console/data_files.h"
#include "apps/console/download_console.h"
#include "apps/console/terminal.h"
#include "apps/console/text_format.h"
#include "apps/report/report.h"
#include "apps/tasks/tasks.h"
#include "apps/train/ending_remarks.h"
#include "apps/train/guard_console.h"
#include "apps/train/memory_check.h"
#include "apps/train/probe_console.h"
#include "apps/train/read_inputs.h"
#include "apps/train/run_directory.h"
#include "apps/train/training_console.h"
#include "apps/train/training_facts.h"
#include "mini_bert/base/file_error.h"
#include "mini_bert/base/memory_left.h"
#include "mini_bert/bert/checkpoint.h"
#include "mini_bert/bert/training/checkpoint_folders.h"
#include "mini_bert/files/atomic_file.h"
#include "mini_bert/files/manifest.h"
#include "mini_bert/tensor/allocator.h"
#include "mini_bert/tensor/parallel.h"
#include "mini_bert/tensor/profile.h"

namespace mini_bert {
namespace {

namespace fs = std::filesystem;

volatile std::sig_atomic_t interrupted = 0;
volatile std::sig_atomic_t is_watched = 0;  // stderr is a terminal

void ask_to_stop(int /*signal*/) {
  interrupted = 1;
  // On a large model an update takes seconds, in which a person would press Ctrl-C again.
  constexpr std::string_view note = "\nstopping after this update; Ctrl-C again ends at once, without a checkpoint\n";
  const int before = errno;  // of what the signal has interrupted
  if (is_watched != 0 && write(STDERR_FILENO, note.data(), note.size()) < 0) errno = before;
}

// Ctrl-C, a terminal that is closed, or a polite request to end asks the run to stop after the current update. A second
// one of its kind ends the process immediately. A signal that the process was started to ignore stays ignored: nohup
// ignores SIGHUP, and a script ignores SIGINT for what it runs in the background.
void stop_on_interrupt() {
  is_watched = isatty(STDERR_FILENO);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = ask_to_stop;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(signal, &action, nullptr);
  }
}

// Writes that fail report an error instead of ending the process: to a pipe without a reader, and to a file that
// reaches the limit of the user's files (ulimit -f).
void ignore_failing_writes() {
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

// Shows a run on the console and records it: one line of metrics.jsonl per row, and report.html, rewritten after every
// evaluation.
class Recorder : public TrainingObserver {
 public:
  Recorder(const TrainOptions& options, Facts facts, TrainingConsole& console, RunDirectory& directory)
      : options_(options), facts_(std::move(facts)), console_(console), directory_(directory) {}

  void on_update(const UpdateReport& update, const TrainingHistory& history) override {
    console_.on_update(update, history);
    if (report_is_due_) write_report(history, "");
    report_is_due_ = false;
  }
  void on_row(const TrainingRow& row) override { pass_on(row); }
  void on_row(const EvaluationRow& row) override {
    pass_on(row);
    report_is_due_ = true;
  }
  void on_row(const ProbeRow& row) override { pass_on(row); }
  void on_guard(const GuardRow& row) override {
    directory_.add_metrics(to_json_line(row));
    console_.on_guard(row);
  }
  void on_checkpoint(const fs::path& path) override { console_.on_checkpoint(path); }
  // Ctrl-C in "mini_bert_train … | tee log" ends tee first. Without a reader the run stops as well.
  bool stop_requested() override { return interrupted != 0 || output_error() == EPIPE; }

  void write_report(const TrainingHistory& history, const std::string& ending) const {
    const std::string from = options_.model.empty() ? options_.config : options_.model;
    write_file_atomically(directory_.path() / "report.html", render_report({.title = options_.train + " on " + from,
                                                                            .loss = training_task(options_.task).loss,
                                                                            .facts = facts_,
                                                                            .arguments = options_.effective,
                                                                            .history = history,
                                                                            .ending = ending}));
  }

 private:
  template <class Row>
  void pass_on(const Row& row) {
    directory_.add_metrics(to_json_line(row));
    console_.on_row(row);
  }

  const TrainOptions& options_;
  Facts facts_;
  TrainingConsole& console_;
  RunDirectory& directory_;
  bool report_is_due_ = false;
};

IfRunExists if_run_exists(const TrainOptions& options) {
  if (options.resume) return IfRunExists::resume;
  return options.overwrite ? IfRunExists::overwrite : IfRunExists::refuse;
}

// How to go on when a checkpoint is damaged.
std::string way_out(const TrainOptions& options) {
  const auto whole = newest_whole_checkpoint(options.output);
  const std::string output = shell_quoted(options.output), program = command_of("mini_bert_train");
  if (!whole) return fmt::format("no checkpoint of the run is whole; start it anew with --overwrite");
  return fmt::format("the newest whole checkpoint is {0}; go on with it: {1} --output {2} --resume-from-checkpoint {3}",
                     whole->path.string(), program, output, shell_quoted(whole->path.string()));
}

void resume(const TrainOptions& options, Trainer& trainer) {
  const fs::path checkpoint =
      options.checkpoint.empty() ? Trainer::latest_checkpoint(options.output) : fs::path(options.checkpoint);
  require(!checkpoint.empty(), "{}: this run has no checkpoint yet; start it anew with --overwrite", options.output);
  const std::size_t warnings = trainer.history().warnings.size();
  try {
    trainer.resume(checkpoint,
                   options.other_instruction_set ? OtherInstructionSet::accept : OtherInstructionSet::refuse);
  } catch (const DamagedFileError& error) {
    fail("{}; {}", error.what(), way_out(options));
  }
  TrainingConsole::fact("resumed", fmt::format("{} after {} updates", checkpoint.string(), trainer.history().step));
  for (std::size_t i = warnings; i < trainer.history().warnings.size(); ++i) {
    TrainingConsole::fact("warning", trainer.history().warnings[i]);
  }
}

// The command that asks the trained model, to be typed as it stands: about the first probe, if there is one.
std::string ask_command(const TrainOptions& options, const TrainingHistory& history) {
  const std::string output = shell_quoted(options.output);
  std::string ask = fmt::format(fmt::runtime(training_task(options.task).ask), output);
  const std::string blank = "'…[MASK]…'";
  const std::size_t at = ask.find(blank);
  if (at != std::string::npos && !history.probes.empty()) {
    ask.replace(at, blank.size(), shell_quoted(history.probes.front().text));
  }
  return command_of("mini_bert_predict") + ' ' + ask;
}

// Of this process, or of its tensors alone where the system does not tell.
std::uint64_t most_memory() {
  const auto resident = resident_memory();
  return resident ? resident->peak : CachingAllocator::instance().statistics().peak;
}

void show_result(const TrainOptions& options, const TrainingHistory& history, const TrainingConsole& console) {
  show_probes(history);
  show_guard(history);
  TrainingConsole::show_metrics(history);
  print_out("\n");
  TrainingConsole::fact("done", fmt::format("{}, {}, {} of memory at most", counted(history.step, "update"),
                                            format_duration(console.elapsed_seconds()), format_bytes(most_memory())));
  for (const std::string& warning : history.warnings) TrainingConsole::fact("warning", warning);
  TrainingConsole::fact("model", options.output);
  TrainingConsole::fact("report", (fs::path(options.output) / "report.html").string());
  // Not through fact(), which would break the command into lines.
  print_out("{}{}\n", pad_right("ask it", 12), ask_command(options, history));
}

// Does a part of the run. If an error ends it, the report says so; otherwise it would look as if the run were still
// going.
template <class Work>
auto reported(const Trainer& trainer, const TrainingConsole& console, const Recorder& recorder, const Work& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    const auto is_flag = [](const std::string&) { return true; };
    TrainingHistory history = trainer.history();
    history.warnings.push_back("an error ended this run: " + worded(error, is_flag));
    try {
      recorder.write_report(history, "ended by an error after " + format_duration(console.elapsed_seconds()));
    } catch (const std::exception&) {  // on a full disk, the first error is the one to tell
    }
    throw;
  }
}

// Says how to continue. Returns the exit code.
int show_interruption(const TrainOptions& options, const TrainingHistory& history) {
  const std::string done = fmt::format("{} of {} updates", history.step, history.total_steps);
  const std::string resume =
      fmt::format("{} --resume --output {}", command_of("mini_bert_train"), shell_quoted(options.output));
  print_out("\ninterrupted after {}; go on with\n  {}\n", done, resume);
  flush_output();
  require(output_error() == 0, "{}; the run was interrupted after {}; go on with {}", output_problem(), done, resume);
  return 130;
}

}  // namespace

int train(const TrainOptions& options) {
  if (options.threads > 0) set_num_threads(static_cast<int>(options.threads));
  if (options.profile) profile::enable();
  ignore_failing_writes();
  RunDirectory directory(options.output, if_run_exists(options));
  if (!options.model.empty()) bring_model(options.model);
  require_data_files(options.train_files);
  require_data_files(options.validation_files);
  TrainingInputs inputs = read_inputs(options);
  const std::size_t memory = require_memory(options, inputs);
  directory.require_room(model_bytes(options, inputs));
  inputs.weights.read();
  const Plan plan = Sampler(inputs.objective->lengths(), options.training).plan();
  const Facts facts = training_facts(options, inputs, plan, memory);
  TrainingConsole console(plan, !options.probes.empty());
  Recorder recorder(options, facts, console, directory);
  Trainer trainer(*inputs.objective, *inputs.tokenizer, options.training, options.output, recorder);

  for (const auto& [label, text] : facts) TrainingConsole::fact(label, text);
  if (options.resume) resume(options, trainer);
  directory.prepare(arguments_json(options.given));
  directory.start_metrics(trainer.history());
  stop_on_interrupt();

  const auto in_report = [&](const auto& work) { return reported(trainer, console, recorder, work); };
  const Ending ending = in_report([&] { return trainer.run(); });
  console.finish();
  const std::string time = format_duration(console.elapsed_seconds());
  if (ending == Ending::interrupted) {
    recorder.write_report(trainer.history(), "interrupted after " + time);
    return show_interruption(options, trainer.history());
  }
  in_report([&] { save_pretrained(options.output, *inputs.model, *inputs.tokenizer, options.storage_type()); });
  TrainingHistory history = trainer.history();
  const Index validation_texts = inputs.objective->validates() ? inputs.objective->validation().texts : 0;
  const std::vector<std::string> remarks =
      ending_remarks(history, history.first_loss, options.training.learning_rate, validation_texts);
  history.warnings.insert(history.warnings.end(), remarks.begin(), remarks.end());
  write_file_atomically(fs::path(options.output) / "trainer_state.json", history.to_json());
  recorder.write_report(history, (ending == Ending::completed ? "completed in " : "stopped early after ") + time);
  show_result(options, history, console);
  if (options.profile) TrainingConsole::show_profile();
  return 0;
}

}  // namespace mini_bert

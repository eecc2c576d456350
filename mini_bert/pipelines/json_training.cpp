// Training through JsonPipeline.
#include "mini_bert/bert/data/sample_reader.h"
#include "mini_bert/pipelines/json_pipeline_state.h"
#include "mini_bert/pipelines/request_settings.h"

namespace mini_bert {

using nlohmann::json;

namespace {

DataSource source_in(const JsonField& field) {
  return DataSource::in_memory(needed<std::string>(field, "name"), needed<std::string>(field, "extension"),
                               needed<std::string>(field, "text"));
}

}  // namespace

json JsonPipeline::read(const JsonField& options) {
  const DataSource source = source_in(options.at("data"));
  const SampleFile file = read_samples(source, {.mask_spans = true});
  return {{"texts", file.samples.size()}, {"notes", file.dropped.facts(source.name(), file.samples.size())}};
}

json JsonPipeline::start_training(const JsonField& options) {
  training_.reset();
  TrainingRequest request;
  request.train_data = source_in(options.at("data"));
  request.train = request.train_data->name();
  if (const std::optional<JsonField> validation = options.find("validation")) {
    request.validation_data = source_in(*validation);
    request.validation = request.validation_data->name();
  }
  if (const std::optional<JsonField> arguments = options.find("arguments")) {
    set_arguments(request, arguments->json().dump());
  }
  training_ = std::make_unique<Training>(*pipeline_, std::move(request));
  return {{"total_steps", training_->run.history().total_steps}};
}

json JsonPipeline::advance(const JsonField&) {
  require(training_ != nullptr, "no training has been started");
  const bool more = training_->run.advance();
  const UpdateReport& update = training_->last.report;
  const TrainingHistory& history = training_->run.history();
  json result = {{"more", more},
                 {"step", history.step},
                 {"total_steps", history.total_steps},
                 {"epoch", history.epoch},
                 {"loss", update.loss},
                 {"grad_norm", update.grad_norm},
                 {"learning_rate", update.learning_rate},
                 {"tokens", update.tokens}};
  if (history.probes.size() > training_->probes_told) {
    training_->probes_told = history.probes.size();
    result["probes"] = json::parse(training_->run.report(Ending::interrupted).to_json()).at("probes");
  }
  return result;
}

json JsonPipeline::end_training(const JsonField& options) {
  require(training_ != nullptr, "no training has been started");
  const bool interrupted = option(options, "interrupted", false);
  const TrainingHistory& history = training_->run.history();
  const Ending ending = interrupted                          ? Ending::interrupted
                        : history.step < history.total_steps ? Ending::stopped_early
                                                             : Ending::completed;
  json report = json::parse(training_->run.report(ending).to_json());
  training_.reset();
  return report;
}

}  // namespace mini_bert

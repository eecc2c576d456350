// Training through JsonPipeline.
#include <fmt/ranges.h>

#include "mini_bert/bert/data/sample_reader.h"
#include "mini_bert/pipelines/json_pipeline_state.h"
#include "mini_bert/pipelines/request_settings.h"

namespace mini_bert {

namespace {

void take_data(const JsonField& field, std::vector<std::string>& files, std::optional<DataSource>& memory,
               std::string& name) {
  if (field.has("files")) {
    files = needed<std::vector<std::string>>(field, "files");
    name = fmt::format("{}", fmt::join(files, ", "));
  } else {
    name = needed<std::string>(field, "name");
    memory = DataSource::in_memory(name, needed<std::string>(field, "extension"), needed<std::string>(field, "text"));
  }
}

void take_training_data(const JsonField& field, TrainingRequest& request) {
  take_data(field, request.train_files, request.train_data, request.train);
}

}  // namespace

Json JsonPipeline::read(const JsonField& options) {
  TrainingRequest request;
  take_training_data(options.at("data"), request);
  Json notes = Json::array();
  std::size_t texts = 0;
  for (const DataSource& source : request.train_sources()) {
    const SampleFile file = read_samples(source, {.mask_spans = true});
    texts += file.samples.size();
    for (std::string& note : file.dropped.facts(source.name(), file.samples.size())) notes.push_back(std::move(note));
  }
  return {{"texts", texts}, {"notes", std::move(notes)}};
}

Json JsonPipeline::start_training(const JsonField& options) {
  training_.reset();
  TrainingRequest request;
  take_training_data(options.at("data"), request);
  if (const std::optional<JsonField> validation = options.find("validation")) {
    take_data(*validation, request.validation_files, request.validation_data, request.validation);
  }
  if (const std::optional<JsonField> arguments = options.find("arguments")) {
    set_arguments(request, arguments->json().dump());
  }
  training_ = std::make_unique<Training>(*pipeline_, std::move(request));
  return {{"total_steps", training_->run.history().total_steps}};
}

Json JsonPipeline::advance(const JsonField&) {
  require(training_ != nullptr, "no training has been started");
  const bool more = training_->run.advance();
  const UpdateReport& update = training_->last.report;
  const TrainingHistory& history = training_->run.history();
  Json result = {{"more", more},
                 {"step", history.step},
                 {"total_steps", history.total_steps},
                 {"epoch", history.epoch},
                 {"loss", update.loss},
                 {"grad_norm", update.grad_norm},
                 {"learning_rate", update.learning_rate},
                 {"tokens", update.tokens}};
  if (history.probes.size() > training_->probes_told) {
    training_->probes_told = history.probes.size();
    result["probes"] = training_->run.report().to_json().at("probes");
  }
  return result;
}

Json JsonPipeline::end_training(const JsonField&) {
  require(training_ != nullptr, "no training has been started");
  Json report = training_->run.report().to_json();
  training_.reset();
  return report;
}

Json JsonPipeline::abandon_training(const JsonField&) {
  training_.reset();
  return nullptr;
}

}  // namespace mini_bert

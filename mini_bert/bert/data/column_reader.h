#pragma once

#include <functional>
#include <optional>

#include "mini_bert/bert/data/data_source.h"
#include "mini_bert/bert/data/text_columns.h"

namespace mini_bert {

// Reads the records of a file like read_records() and decides which columns hold the text and the label, before the
// first record is passed on. `decided`, from an earlier file, replaces the decision if it fits the kind of the file (a
// .txt file has no columns but parts). Lines of a .txt file that has parts arrive as records with columns.
// Returns the columns; they are empty for a file of bare texts.
using RowSink = std::function<void(Record& record, const TextColumns& columns)>;
TextColumns read_rows(const DataSource& source, const ColumnRequest& request, const std::optional<TextColumns>& decided,
                      const RowSink& sink, const BadRecordSink& bad = {});

}  // namespace mini_bert

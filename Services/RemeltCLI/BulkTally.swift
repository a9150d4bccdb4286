import Models

/// What became of a file's rows.
struct BulkTally {
  var rows = 0
  var created = 0
  var unchanged = 0
  var revised = 0
  var refused = 0

  mutating func count(_ outcome: String) {
    rows += 1
    switch outcome {
    case "created": created += 1
    case "unchanged": unchanged += 1
    case "revised": revised += 1
    default: refused += 1
    }
  }

  var json: JSON {
    .members([
      "summary": .members([
        "rows": .int(rows), "created": .int(created), "unchanged": .int(unchanged),
        "revised": .int(revised), "refused": .int(refused),
      ])
    ])
  }

  var text: String {
    "\(rows) rows: \(created) created, \(unchanged) unchanged, \(revised) revised, "
      + "\(refused) refused"
  }

  var exit: Exit { refused > 0 ? .someRowsRefused : .done }
}

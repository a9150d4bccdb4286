import ArgumentParser
import Models

/// From … to, as `@2024-01..2026-12`, `@2024-01..`, `@2024-01` (from) or nothing.
struct Span {
  let head: String
  let from: String?
  let to: String?

  init(_ text: String) {
    let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
    head = parts.first ?? ""
    let ends = parts.count > 1 ? parts[1] : ""
    let dates = ends.split(separator: ".").map(String.init)
    let opensBefore = ends.hasPrefix("..")
    from = opensBefore ? nil : dates.first
    to = opensBefore ? dates.first : (dates.count > 1 ? dates[1] : nil)
  }
}

/// `scrap_processing=300000`, `scrap_processing:copper=50kt@2024-01-01..2025-06-15`.
struct CapacityArgument: ExpressibleByArgument {
  let json: JSON

  init?(argument: String) {
    let span = Span(argument)
    let sides = span.head.split(separator: "=", maxSplits: 1).map(String.init)
    guard sides.count == 2, let mass = MassArgument(argument: sides[1]) else { return nil }
    let names = sides[0].split(separator: ":", maxSplits: 1).map(String.init)
    guard let process = names.first else { return nil }
    json = .members([
      "process": .string(process), "metal": .text(names.count > 1 ? names[1] : nil),
      "per_year": mass.json, "from": .text(span.from), "to": .text(span.to),
    ])
  }
}

/// `green_factory@2024-01-01`, `performance_class_a:冀2024-7@2024-05-01..2027-04-30`.
struct DesignationArgument: ExpressibleByArgument {
  let json: JSON

  init?(argument: String) {
    let span = Span(argument)
    let names = span.head.split(separator: ":", maxSplits: 1).map(String.init)
    guard let kind = names.first else { return nil }
    json = .members([
      "kind": .string(kind), "from": .text(span.from), "to": .text(span.to),
      "reference": .text(names.count > 1 ? names[1] : nil),
    ])
  }
}

/// `throughput:steel@2026-01`, `recycled_input@2026-01..2026-12`.
struct ObligationArgument: ExpressibleByArgument {
  let json: JSON

  init?(argument: String) {
    let span = Span(argument)
    let names = span.head.split(separator: ":", maxSplits: 1).map(String.init)
    guard let report = names.first else { return nil }
    json = .members([
      "report": .string(report), "metal": .text(names.count > 1 ? names[1] : nil),
      "from": .text(span.from), "to": .text(span.to),
    ])
  }
}

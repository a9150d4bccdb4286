import Models

/// An application judged criterion by criterion; a figure that is not given is unknown, not failed.
struct Evaluation {
  enum Result: String { case pass, fail, unknown }

  struct Line {
    let criterion: Reference.Criterion
    let value: ExactDecimal?
    let result: Result
  }

  let criteriaSet: String
  let lines: [Line]

  init(_ facts: ApplicationFacts, by criteriaSet: String) {
    self.criteriaSet = criteriaSet
    lines = Reference.shared.criteria.filter {
      $0.set == criteriaSet && ($0.category == "any" || $0.category == facts.category)
    }.map { criterion in
      let value = facts.values[criterion.name]
      return Line(criterion: criterion, value: value, result: Evaluation.judge(value, criterion))
    }
  }

  private static func judge(_ value: ExactDecimal?, _ criterion: Reference.Criterion) -> Result {
    guard let value else { return .unknown }
    let passes =
      switch criterion.comparator {
      case ">=": value >= criterion.limit
      case ">": value > criterion.limit
      case "<=": value <= criterion.limit
      case "<": value < criterion.limit
      default: false
      }
    return passes ? .pass : .fail
  }

  /// Fails with one failure; unknown with one unknown and no failure, or without any criterion.
  var result: Result {
    if lines.contains(where: { $0.result == .fail }) { return .fail }
    if lines.isEmpty || lines.contains(where: { $0.result == .unknown }) { return .unknown }
    return .pass
  }

  var json: JSON {
    .members([
      "criteria_set": .string(criteriaSet), "result": .string(result.rawValue),
      "criteria": .array(
        lines.map {
          .members([
            "criterion": .string($0.criterion.name), "value": .text($0.value?.description),
            "comparator": .string($0.criterion.comparator),
            "limit": .string($0.criterion.limit.description), "unit": .string($0.criterion.unit),
            "result": .string($0.result.rawValue),
          ])
        }),
    ])
  }
}

import Models

/// The parts of a definition that a question tells apart by label, or the whole as the only one.
struct FigureParts: Sendable {
  struct Part: Sendable {
    let labels: [Label: String]
    let numerator: [Term]
    let denominator: [Term]
  }

  /// In the order of their labels.
  let all: [Part]
  private let isWhole: Bool
  private let areSchemes: Bool

  init(_ definition: Definition, _ metal: Metal?, _ question: FigureQuestion) {
    let terms = definition.terms(metal ?? .steel)
    let filter = Self.labels(question.filter, question.by, terms.numerator)
    let by = question.by.compactMap(\.label)
    isWhole = by.isEmpty
    areSchemes = by == [.scheme]
    let groups = Dictionary(grouping: terms.numerator.filter { $0.fits(filter) }) { term in
      by.map { term.labels[$0] ?? Label.none }
    }
    let found = isWhole ? [[]: groups.values.flatMap(\.self)] : groups
    all = found.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { codes, numerator in
      let labels = Dictionary(uniqueKeysWithValues: zip(by, codes))
      // A scheme is what both sums are classed by; any other label is of the numerator alone.
      let scheme = labels[.scheme] ?? filter[.scheme]
      return Part(
        labels: labels, numerator: numerator,
        denominator: terms.denominator.filter { term in
          scheme.map { term.fits([.scheme: $0]) } ?? true
        })
    }
  }

  /// What the terms are narrowed to. Of several schemes each has all hydrogen in it: where none is
  /// asked for, one is meant.
  static func labels(_ filter: [Dimension: String], _ by: [Dimension], _ terms: [Term]) -> [Label:
    String]
  {
    var labels: [Label: String] = [:]
    for (dimension, code) in filter {
      if let label = dimension.label { labels[label] = code }
    }
    if labels[.scheme] == nil, !by.contains(.scheme),
      terms.contains(where: { $0.labels[.scheme] != nil })
    {
      labels[.scheme] = HydrogenClass.standard
    }
    return labels
  }

  /// Whether a part is shown: the whole and each scheme always, others where there is anything of
  /// them, now or a year before.
  func shows(_ part: Part, _ sums: Cell, _ before: Cell) -> Bool {
    isWhole || areSchemes || sums.sum(part.numerator) != 0 || before.sum(part.numerator) != 0
  }
}

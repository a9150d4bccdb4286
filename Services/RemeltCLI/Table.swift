import Models

/// Rows under aligned headings.
struct Table {
  /// One column: its heading and where its cell stands in an item.
  struct Column: Sendable {
    let heading: String
    let isNumber: Bool
    let cell: @Sendable (JSON) -> String

    init(_ heading: String, isNumber: Bool = false, _ cell: @escaping @Sendable (JSON) -> String) {
      self.heading = heading
      self.isNumber = isNumber
      self.cell = cell
    }

    /// The member at a path such as `location.province`.
    static func member(_ path: String, _ heading: String? = nil, isNumber: Bool = false) -> Column {
      let names = path.split(separator: ".").map(String.init)
      return Column(heading ?? names.last ?? path, isNumber: isNumber) { item in
        Card.inline(names.reduce(Optional(item)) { $0?[$1] })
      }
    }

    /// A mass, in tonnes.
    static func tonnes(_ path: String, _ heading: String? = nil) -> Column {
      let column = member(path + ".value", nil, isNumber: true)
      let name = path.split(separator: ".").last.map(String.init) ?? path
      return Column((heading ?? name) + " t", isNumber: true, column.cell)
    }

    /// A list of masses with their names on one line, such as `eaf 12 t, bof 30 t`, but for those
    /// whose names begin otherwise.
    static func masses(_ list: String, butNot prefixes: [String]) -> Column {
      Column(list) { item in
        (item[list]?.elements ?? []).compactMap { one in
          guard let name = one["name"]?.text, !prefixes.contains(where: name.hasPrefix) else {
            return nil
          }
          return "\(name) \(Card.inline(one["mass"]))"
        }.joined(separator: ", ")
      }
    }

    /// The sum of those masses of a list that count, in tonnes.
    static func sum(
      _ list: String, _ heading: String,
      of counts: @escaping @Sendable (JSON) -> Bool = { _ in true }
    ) -> Column {
      Column(heading + " t", isNumber: true) { item in
        let masses = (item[list]?.elements ?? []).filter(counts).compactMap { $0["mass"] }
        return Mass.tonnes(masses.map(grams).reduce(0, +))
      }
    }

    /// The ledger's masses come in tonnes; a nation's year may be more than a ``Mass`` holds.
    private static func grams(_ mass: JSON) -> Int128 {
      guard let tonnes = mass["value"]?.text.flatMap(ExactDecimal.init), tonnes.scale <= 6 else {
        return 0
      }
      return Int128(tonnes.digits) * ExactDecimal.powerOfTen(6 - tonnes.scale)
    }
  }

  let columns: [Column]
  let items: [JSON]

  init(_ items: [JSON], _ columns: [Column]) {
    self.items = items
    self.columns = columns
  }

  var lines: [String] {
    let cells = items.map { item in columns.map { TextWidth.harmless($0.cell(item)) } }
    let widths = columns.indices.map { index in
      max(TextWidth.of(columns[index].heading), cells.map { TextWidth.of($0[index]) }.max() ?? 0)
    }
    return ([columns.map(\.heading)] + cells).map { row in
      zip(row, zip(widths, columns))
        .map { TextWidth.padded($0, to: $1.0, right: $1.1.isNumber) }
        .joined(separator: "  ").trimmingEnd
    }
  }

  var text: String {
    items.isEmpty ? "(none)" : lines.joined(separator: "\n")
  }
}

extension String {
  /// Without spaces at the end.
  fileprivate var trimmingEnd: String {
    var text = self
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }
}

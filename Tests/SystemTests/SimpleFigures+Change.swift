/// What is qualified, and what a change is made of, a second time.
extension SimpleFigures {
  /// The day of these tests, later than anything that happens in a random ledger's journals.
  static let today = 20_270_630

  /// What is qualified at the end of each period, or today where that comes first.
  func qualified(_ question: Question) -> Rows {
    var rows: Rows = [:]
    let spans = SimpleSpan.all(
      question.period, from: question.from, to: question.to, combined: [])
    for span in spans {
      let lastDay = SimpleLedger.days.last { $0.month == span.last }?.day ?? 0
      for (definition, metal) in question.definitions.flatMap({ definition in
        question.metals.map { (definition, $0) }
      }) {
        let sites = ledger.qualifiedSites(metal, on: min(lastDay, Self.today), asOf: asOf)
        for site in sites
        where Self.counts(
          site.place, site.group, question.filters, by: question.by, sight: question.sight)
        {
          let labels = question.by.map { name -> String in
            switch name {
            case "metal": return metal
            case "group": return site.group
            default: return SimplePlaces.code(name, of: site.place)
            }
          }
          let key = Self.key(definition, span, labels)
          let old = rows[key]?["value"].flatMap { Int128($0) } ?? 0
          let more = definition == "QUALIFIED_PROCESSORS" ? 1 : Int128(site.grams)
          rows[key] = ["value": String(old + more), "reason": "null"]
        }
      }
    }
    return rows.filter { $0.value["value"] != "0" }
  }

  // MARK: Changes

  struct Pair: Equatable {
    var above: Int128 = 0
    var below: Int128 = 0

    static func + (one: Pair, other: Pair) -> Pair {
      Pair(above: one.above + other.above, below: one.below + other.below)
    }

    static func - (one: Pair, other: Pair) -> Pair {
      Pair(above: one.above - other.above, below: one.below - other.below)
    }
  }

  struct Change {
    var before = Pair()
    var after = Pair()
    var revisions = Pair()
    /// Those that report newly, less those that do no more.
    var newly = Pair()
    var samePanel = Pair()
    var isRevised = false
    var hasNew = false
    var hasGone = false
    /// Whether there are reports before, and after.
    var isReported = (before: false, after: false)
  }

  /// A change of a definition from a period as it was known to another as it is known here: first
  /// what became known of the first, report by report, then the step from one period to the other,
  /// facility by facility.
  func change(
    _ question: Question, from old: SimpleFigures, _ oldSpan: SimpleSpan, to span: SimpleSpan
  ) -> Change {
    let definition = question.definitions[0]
    let earlier = old.units(question, definition, oldSpan)
    let known = units(question, definition, oldSpan)
    var change = Change()
    change.before = earlier.values.reduce(Pair(), +)
    for (unit, sums) in known {
      if let before = earlier[unit] {
        change.revisions = change.revisions + sums - before
        change.isRevised = change.isRevised || sums != before
      } else {
        change.newly = change.newly + sums
        change.hasNew = true
      }
    }
    for (unit, sums) in earlier where known[unit] == nil {
      change.newly = change.newly - sums
      change.hasGone = true
    }
    let (first, second) = (Self.panel(known), Self.panel(units(question, definition, span)))
    change.after = second.values.reduce(Pair(), +)
    for (facility, sums) in second {
      if let before = first[facility] {
        change.samePanel = change.samePanel + sums - before
      } else {
        change.newly = change.newly + sums
        change.hasNew = true
      }
    }
    for (facility, sums) in first where second[facility] == nil {
      change.newly = change.newly - sums
      change.hasGone = true
    }
    change.isReported = (!earlier.isEmpty, !second.isEmpty)
    return change
  }

  private struct Unit: Hashable {
    let facility: String
    let first: Int
    let last: Int
  }

  private static func panel(_ units: [Unit: Pair]) -> [String: Pair] {
    var panel: [String: Pair] = [:]
    for (unit, sums) in units { panel[unit.facility] = (panel[unit.facility] ?? Pair()) + sums }
    return panel
  }

  /// The reports of a period, each with what it brings.
  private func units(_ question: Question, _ definition: String, _ span: SimpleSpan)
    -> [Unit: Pair]
  {
    var units: [Unit: Pair] = [:]
    for fact in counted(question, question.metal) where fact.isReport && span.contains(fact.key) {
      let unit = Unit(facility: fact.facility, first: fact.key.first, last: fact.key.month)
      let parts = SimpleDefinitions.parts(
        definition, question.metal, fact.sums, schemes: [SimpleDefinitions.defaultScheme])
      let fitting = parts.filter { part in
        Self.labels.allSatisfy { name in
          question.filters[name].map { $0 == part.labels[name] } ?? true
        }
      }
      let sums = Pair(
        above: Int128(fitting.map(\.mass).reduce(0, +)),
        below: Int128(SimpleDefinitions.base(definition, fact.sums) ?? 0))
      units[unit] = (units[unit] ?? Pair()) + sums
    }
    return units
  }
}

extension SimpleFigures.Change {
  /// What an answer says of it, by name; what it says where nothing is reported is left open.
  func shown(_ definition: String) -> [String: String] {
    var shown: [String: String] = [:]
    let power = SimpleDefinitions.power(definition)
    let revised = before + revisions
    let present = revised + newly
    for (name, pair) in [
      ("before", before), ("after", after), ("change", after - before), ("revisions", revisions),
      ("newly_reporting", newly), ("same_panel", samePanel),
    ] {
      shown["\(name).numerator"] = String(pair.above)
      if power != nil { shown["\(name).denominator"] = String(pair.below) }
    }
    if let power {
      for (name, from, to) in [
        ("change", before, after), ("revisions", before, revised),
        ("newly_reporting", revised, present), ("same_panel", present, after),
      ] {
        shown["\(name).value"] =
          from.below > 0 && to.below > 0
          ? SimpleFigures.difference((to.above, to.below), (from.above, from.below), power) : "null"
      }
      for (name, pair) in [("before", before), ("after", after)] {
        shown["\(name).value"] =
          pair.below > 0
          ? SimpleNumber.text(pair.above, pair.below, power: power, places: 4) : "null"
      }
    } else if isReported.before, isReported.after {
      shown["before.value"] = String(before.above)
      shown["after.value"] = String(after.above)
      shown["change.value"] = String(after.above - before.above)
      shown["revisions.value"] = String(revisions.above)
      shown["newly_reporting.value"] = String(newly.above)
      shown["same_panel.value"] = String(samePanel.above)
    }
    return shown
  }
}

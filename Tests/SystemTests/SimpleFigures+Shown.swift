/// How a row of figures is shown, as far as it is compared.
extension SimpleFigures {
  /// The figure, or null.
  private static func text(_ definition: String, _ value: Value) -> String {
    guard value.reason == nil else { return "null" }
    guard let power = SimpleDefinitions.power(definition), let below = value.below else {
      return String(value.above)
    }
    return SimpleNumber.text(value.above, below, power: power, places: 4)
  }

  static func shown(_ definition: String, _ value: Value) -> [String: String] {
    var shown = [
      "value": text(definition, value), "reason": value.reason ?? "null",
      "unit": SimpleDefinitions.unit(definition),
    ]
    let hasSums = value.reason != "missing" && value.reason != "january_february_combined"
    if hasSums, SimpleDefinitions.isOfMasses(definition) {
      shown["numerator"] = String(value.above)
      shown["denominator"] = value.below.map { String($0) } ?? "null"
    }
    return shown
  }

  static func coverage(_ line: Line, isCut: Bool) -> [String: String] {
    let at = { (name: String) in line.sums[name] }
    let (owed, received, late) = (at("count.owed"), at("count.received"), at("count.late"))
    var counts = ["owed": owed, "received": received, "missing": owed - received]
    counts["late"] = late
    counts["on_time"] = received - late
    if !isCut {
      counts["nil"] = at("count.nil")
      counts["reports"] = at("count.reports")
    }
    var coverage = counts.mapValues { String($0) }
    let percent = { (part: Int, whole: Int) in
      whole == 0
        ? "null" : SimpleNumber.text(Int128(part), Int128(whole), power: 2, places: 2)
    }
    coverage["percent"] = percent(received, owed)
    coverage["by_capacity"] = percent(at("days.received"), at("days.owed"))
    if !isCut { coverage["state"] = state(line) }
    return coverage
  }

  /// Final, once all that is owed is there and all that is there is locked; revised, if a report of
  /// it was.
  private static func state(_ line: Line) -> String {
    let reports = line.sums["count.reports"]
    let owed = line.sums["count.owed"]
    let isComplete = owed > 0 && owed == line.sums["count.received"]
    if isComplete, reports > 0, line.sums["count.locked"] == reports { return "final" }
    return line.sums["count.revised"] > 0 ? "revised" : "provisional"
  }

  /// Percentage points and kg/t as differences, masses in per cent of the year before.
  static func yearOnYear(_ definition: String, _ now: Value, _ before: Value?)
    -> [String: String]
  {
    guard let before, before.reason == nil, now.reason == nil else {
      return ["year_on_year": "null"]
    }
    var shown = ["year_on_year_before": text(definition, before)]
    if let power = SimpleDefinitions.power(definition), let below = now.below,
      let old = before.below
    {
      shown["year_on_year"] = difference((now.above, below), (before.above, old), power)
      shown["year_on_year_unit"] = power == 3 ? "kg/t" : "pp"
    } else if before.above != 0 {
      shown["year_on_year"] = SimpleNumber.text(
        now.above - before.above, before.above, power: 2, places: 4)
      shown["year_on_year_unit"] = "%"
    } else {
      shown["year_on_year"] = "null"
    }
    return shown
  }

  /// One ratio less another, exact until it is shown.
  static func difference(
    _ one: (above: Int128, below: Int128), _ other: (above: Int128, below: Int128), _ power: Int
  ) -> String {
    let (one, other) = (reduced(one), reduced(other))
    return SimpleNumber.text(
      one.above * other.below - other.above * one.below, one.below * other.below, power: power,
      places: 4)
  }

  private static func reduced(_ ratio: (above: Int128, below: Int128)) -> (
    above: Int128, below: Int128
  ) {
    var (one, other) = (ratio.above < 0 ? -ratio.above : ratio.above, ratio.below)
    while other != 0 { (one, other) = (other, one % other) }
    return one == 0 ? ratio : (ratio.above / one, ratio.below / one)
  }
}

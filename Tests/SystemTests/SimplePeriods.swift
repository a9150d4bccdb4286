/// Places as the second implementation understands them: an authority's id, or a country's code.
enum SimplePlaces {
  static let dimensions = ["province", "region", "authority", "country"]

  static func isInChina(_ place: String) -> Bool { place != "JP" && place != "DE" }

  /// Abroad there are only countries.
  static func code(_ dimension: String, of place: String) -> String {
    guard isInChina(place) else { return dimension == "country" ? place : "" }
    switch dimension {
    case "province": return province(place)
    case "region": return region(place)
    case "country": return "CN"
    default: return place
    }
  }

  private static func province(_ place: String) -> String {
    ["210200": "210000", "330200": "330000", "440300": "440000", "XPCC": "650000"][place] ?? place
  }

  private static func region(_ place: String) -> String {
    switch province(place).prefix(2) {
    case "11", "12", "13": "BTH"
    case "31", "32", "33", "34": "YRD"
    default: "OTHER"
    }
  }
}

/// Months that a figure is of, `202601` to `202603`.
struct SimpleSpan: Hashable {
  let first: Int
  let last: Int

  static func moved(_ month: Int, by count: Int) -> Int {
    let number = month / 100 * 12 + month % 100 - 1 + count
    return number / 12 * 100 + number % 12 + 1
  }

  static func months(_ first: Int, _ last: Int) -> [Int] {
    sequence(first: first) { moved($0, by: 1) }.prefix(while: { $0 <= last })
  }

  var length: Int { Self.months(first, last).count }

  var yearBefore: SimpleSpan { SimpleSpan(first: first - 100, last: last - 100) }

  func contains(_ key: SimpleLedger.Key) -> Bool { first <= key.first && key.month <= last }

  /// Whether of January and February of one of the years only one is in it.
  func cuts(_ years: Set<Int>) -> Bool {
    years.contains { year in
      (first...last).contains(year * 100 + 1) != (first...last).contains(year * 100 + 2)
    }
  }

  /// As an answer names it.
  var text: String {
    let (year, month) = (String(first / 100), first % 100)
    switch (length, month) {
    case (1, _): return Self.text(first)
    case (3, 1), (3, 4), (3, 7), (3, 10): return "\(year)Q\((month + 2) / 3)"
    case (6, 1): return "\(year)H1"
    case (6, 7): return "\(year)H2"
    case (12, 1): return year
    default:
      return first / 100 == last / 100
        ? "\(Self.text(first))..\(Self.text(last).suffix(2))"
        : "\(Self.text(first))..\(Self.text(last))"
    }
  }

  static func text(_ month: Int) -> String {
    "\(month / 100)-\(month % 100 < 10 ? "0" : "")\(month % 100)"
  }

  init(first: Int, last: Int) {
    self.first = first
    self.last = last
  }

  /// Reads `2026`, `2026Q1`, `2026H2`, `2026-03`, `2026-01..09` and `2025-10..2026-09`.
  init?(_ text: String) {
    let parts = text.split { $0 == "." || $0 == "-" || $0 == "Q" || $0 == "H" }
      .compactMap { Int($0) }
    guard let year = parts.first else { return nil }
    switch (parts.count, text.contains("Q"), text.contains("H")) {
    case (1, false, false): self.init(first: year * 100 + 1, last: year * 100 + 12)
    case (2, true, false):
      self.init(first: year * 100 + parts[1] * 3 - 2, last: year * 100 + parts[1] * 3)
    case (2, false, true):
      self.init(first: year * 100 + parts[1] * 6 - 5, last: year * 100 + parts[1] * 6)
    case (2, false, false):
      self.init(first: year * 100 + parts[1], last: year * 100 + parts[1])
    case (3, false, false):
      self.init(first: year * 100 + parts[1], last: year * 100 + parts[2])
    case (4, false, false):
      self.init(first: year * 100 + parts[1], last: parts[2] * 100 + parts[3])
    default: return nil
    }
  }

  /// The periods of a kind that end in some months. Where somebody reported January and February of
  /// a year as one, months are shown so.
  static func all(
    _ kind: String, from: Int, to: Int, combined: Set<Int>
  ) -> [SimpleSpan] {
    months(from, to).compactMap { last -> SimpleSpan? in
      let (year, month) = (last / 100, last % 100)
      let back = { (count: Int) in SimpleSpan(first: moved(last, by: 1 - count), last: last) }
      let isPaired = kind == "official_month" || (kind == "month" && combined.contains(year))
      switch kind {
      case "month", "official_month":
        return isPaired && month <= 2 ? (month == 2 ? back(2) : nil) : back(1)
      case "quarter": return month % 3 == 0 ? back(3) : nil
      case "half": return month % 6 == 0 ? back(6) : nil
      case "year": return month == 12 ? back(12) : nil
      case "ytd": return back(month)
      default: return back(12)
      }
    }
  }
}

/// Exact numbers, shown with ties rounded to even.
enum SimpleNumber {
  /// A fraction times a power of ten, by long division.
  /// - Parameters:
  ///   - power: 2 for per cent, 3 for kilograms of a tonne.
  ///   - places: how many decimals are shown.
  static func text(
    _ numerator: Int128, _ denominator: Int128, power: Int, places: Int
  ) -> String {
    let size = numerator < 0 ? -numerator : numerator
    var quotient = size / denominator
    var rest = size % denominator
    for _ in 0..<(power + places) {
      rest *= 10
      quotient = quotient * 10 + rest / denominator
      rest %= denominator
    }
    if rest * 2 > denominator || (rest * 2 == denominator && quotient % 2 == 1) { quotient += 1 }
    let digits = String(quotient)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return (numerator < 0 && quotient > 0 ? "-" : "")
      + "\(padded.dropLast(places)).\(padded.suffix(places))"
  }

  /// A text of tonnes in grams, perhaps negative.
  static func grams(_ tonnes: String) -> Int128? {
    let isNegative = tonnes.hasPrefix("-")
    let parts = tonnes.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first, parts.count <= 2 else { return nil }
    let decimals = parts.count == 2 ? String(parts[1]) : ""
    guard decimals.count <= 6 else { return nil }
    let padded = decimals + String(repeating: "0", count: 6 - decimals.count)
    guard let grams = Int128("\(whole)\(padded)") else { return nil }
    return isNegative ? -grams : grams
  }
}

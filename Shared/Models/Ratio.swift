/// A ratio of two sums, exact until it is shown.
package struct Ratio: Sendable, Equatable, Comparable {
  package let numerator: Int128
  package let denominator: Int128

  /// Why a ratio has no value (vector R03): x/0 is never zero and never infinite.
  package enum Undefined: String, Sendable, Error {
    case zeroOverZero = "undefined_zero_over_zero"
    case positiveOverZero = "undefined_positive_over_zero"
  }

  /// - Throws: ``Undefined`` where the denominator is zero.
  package init(_ numerator: Int128, _ denominator: Int128) throws(Undefined) {
    guard denominator > 0 else {
      throw numerator == 0 ? Undefined.zeroOverZero : Undefined.positiveOverZero
    }
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The ratio times `factor`, rounded once to `places` decimals, ties to even (GB/T 8170-2008).
  package func rounded(times factor: Int128 = 1, places: Int) -> String {
    let scaled = numerator * factor * ExactDecimal.powerOfTen(places)
    var (quotient, rest) = scaled.quotientAndRemainder(dividingBy: denominator)
    let twice = (rest < 0 ? -rest : rest) * 2
    if twice > denominator || (twice == denominator && quotient % 2 != 0) {
      quotient += scaled < 0 ? -1 : 1
    }
    return ExactDecimal.text(quotient, scale: places)
  }

  /// This less the other, exact, times `factor` and rounded once; nil where 128 bits do not hold it.
  package func difference(_ other: Ratio, times factor: Int128 = 1, places: Int) -> String? {
    let (one, two) = (reduced, other.reduced)
    let common = Self.divisor(one.denominator, two.denominator)
    let (oneRest, twoRest) = (one.denominator / common, two.denominator / common)
    let left = one.numerator.multipliedReportingOverflow(by: twoRest)
    let right = two.numerator.multipliedReportingOverflow(by: oneRest)
    let below = one.denominator.multipliedReportingOverflow(by: twoRest)
    let above = left.partialValue.subtractingReportingOverflow(right.partialValue)
    guard !left.overflow, !right.overflow, !below.overflow, !above.overflow else { return nil }
    let size = below.partialValue.magnitude
    let scale = factor.magnitude * ExactDecimal.powerOfTen(places).magnitude
    let wide = above.partialValue.magnitude.multipliedFullWidth(by: scale)
    guard wide.high < size else { return nil }
    var (quotient, rest) = size.dividingFullWidth(wide)
    if rest > size - rest || (rest == size - rest && quotient % 2 != 0) { quotient += 1 }
    guard let digits = Int128(exactly: quotient) else { return nil }
    return ExactDecimal.text(above.partialValue < 0 ? -digits : digits, scale: places)
  }

  private var reduced: (numerator: Int128, denominator: Int128) {
    let common = Self.divisor(numerator < 0 ? -numerator : numerator, denominator)
    return (numerator / common, denominator / common)
  }

  /// The greatest number that divides both, of which one is not zero.
  private static func divisor(_ one: Int128, _ other: Int128) -> Int128 {
    var (one, other) = (one, other)
    while other != 0 { (one, other) = (other, one % other) }
    return one
  }

  /// Per cent with `places` decimals.
  package func percent(places: Int = 2) -> String { rounded(times: 100, places: places) }

  /// Compares the exact values (全数值比较), never the rounded ones.
  package static func < (one: Ratio, other: Ratio) -> Bool {
    one.numerator * other.denominator < other.numerator * one.denominator
  }

  package static func == (one: Ratio, other: Ratio) -> Bool {
    one.numerator * other.denominator == other.numerator * one.denominator
  }

  /// `{"percent": "12.34"}`, or `{"percent": null, "reason": …}` where it is undefined.
  package static func percentJSON(_ numerator: Int128, _ denominator: Int128) -> JSON {
    do throws(Undefined) {
      return .members(["percent": .string(try Ratio(numerator, denominator).percent())])
    } catch {
      return .members(["percent": .null, "reason": .string(error.rawValue)])
    }
  }
}

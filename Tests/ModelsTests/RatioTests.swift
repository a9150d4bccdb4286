import TestSupport
import Testing

@testable import Models

struct RatioTests {
  /// The slow way: counts up from below, and decides a tie by the last digit.
  func naive(_ numerator: Int, _ denominator: Int, places: Int) -> String {
    let scaled = abs(numerator) * (0..<places).reduce(1) { power, _ in power * 10 }
    var below = scaled / denominator
    let toBelow = scaled - below * denominator
    let toAbove = (below + 1) * denominator - scaled
    if toAbove < toBelow || (toAbove == toBelow && !below.isMultiple(of: 2)) { below += 1 }
    var digits = String(below)
    while digits.count <= places { digits = "0" + digits }
    let whole = digits.dropLast(places)
    let sign = numerator < 0 && below > 0 ? "-" : ""
    return sign + (places == 0 ? String(whole) : "\(whole).\(digits.suffix(places))")
  }

  @Test("Rounding agrees with a second method, ties and negative numbers included")
  func rounding() throws {
    var random = Seeded()
    for _ in 0..<3000 {
      let denominator =
        random.chance(50) ? random.one(of: [2, 4, 8, 20, 200]) : random.int(1...9999)
      let numerator = random.int(-100_000...100_000)
      let places = random.int(0...4)
      #expect(
        try Ratio(Int128(numerator), Int128(denominator)).rounded(places: places)
          == naive(numerator, denominator, places: places),
        "\(numerator)/\(denominator) to \(places)")
    }
  }

  @Test(
    "A tie goes to the even digit, and only a tie",
    arguments: [
      (5, 10, "0"), (15, 10, "2"), (25, 10, "2"), (35, 10, "4"), (251, 100, "3"), (249, 100, "2"),
      (-5, 10, "0"), (-15, 10, "-2"), (-25, 10, "-2"), (-251, 100, "-3"), (0, 7, "0"),
    ] as [(Int128, Int128, String)])
  func ties(_ numerator: Int128, _ denominator: Int128, _ shown: String) throws {
    #expect(try Ratio(numerator, denominator).rounded(places: 0) == shown)
  }

  @Test("A ratio is compared on its exact value, never on what is shown")
  func compares() throws {
    let target = try Ratio(22, 100)
    let under = try Ratio(219_999_999_999, 1_000_000_000_000)
    #expect(under.percent() == "22.00")
    #expect(under < target)
    #expect(try Ratio(1, 3) == Ratio(2, 6))
    #expect(try Ratio(1, 3) > Ratio(333_333_333_333, 1_000_000_000_000))
    #expect(try Ratio(-1, 3) < Ratio(0, 5))
  }

  @Test("Sums of a nation's grams are compared and shown without overflow")
  func large() throws {
    let grams: Int128 = 100_000_000_000_000_000
    #expect(try Ratio(grams - 1, grams) < Ratio(grams, grams))
    #expect(try Ratio(grams, grams).percent() == "100.00")
    #expect(try Ratio(grams, 1).rounded(times: 1000, places: 6).hasPrefix("100000000000000000000."))
  }

  @Test("A ratio over zero has no value, and says why")
  func undefined() {
    #expect(throws: Ratio.Undefined.zeroOverZero) { try Ratio(0, 0) }
    #expect(throws: Ratio.Undefined.positiveOverZero) { try Ratio(1, 0) }
    #expect(
      String(decoding: Ratio.percentJSON(0, 0).bytes, as: UTF8.self)
        == #"{"percent":null,"reason":"undefined_zero_over_zero"}"#)
    #expect(
      String(decoding: Ratio.percentJSON(5, 0).bytes, as: UTF8.self)
        == #"{"percent":null,"reason":"undefined_positive_over_zero"}"#)
    #expect(
      String(decoding: Ratio.percentJSON(1, 8).bytes, as: UTF8.self) == #"{"percent":"12.50"}"#)
  }

  @Test("A difference is of the exact values and rounded once")
  func differences() throws {
    var random = Seeded()
    for _ in 0..<2000 {
      let one = try Ratio(Int128(random.int(-9999...9999)), Int128(random.int(1...9999)))
      let other = try Ratio(Int128(random.int(-9999...9999)), Int128(random.int(1...9999)))
      let above = one.numerator * other.denominator - other.numerator * one.denominator
      let expected = try Ratio(above, one.denominator * other.denominator)
        .rounded(times: 100, places: 4)
      #expect(one.difference(other, times: 100, places: 4) == expected, "\(one) \(other)")
    }
  }

  @Test("The difference of the largest sums is exact, and one beyond 128 bits is none")
  func largest() throws {
    // 8,000 facilities × 12 months × 100 Mt.
    let most = Int128(Mass.maximum.grams) * 96_000
    let one = try Ratio(most - 1, most)
    let other = try Ratio(most - 3, most)
    #expect(one.difference(other, times: 1_000_000_000_000_000_000, places: 4) == "0.2083")
    let huge = try Ratio(Int128.max, Int128.max - 1)
    #expect(huge.difference(one, places: 4) == nil)
  }
}

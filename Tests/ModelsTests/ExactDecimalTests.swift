import TestSupport
import Testing

@testable import Models

struct ExactDecimalTests {
  @Test(
    "A plain decimal is read exactly",
    arguments: [
      ("0", 0, 0), ("12", 12, 0), ("0.5", 5, 1), ("12.345", 12345, 3), ("0.000", 0, 3),
      ("999999999999999999", 999_999_999_999_999_999, 0), ("0.10", 10, 2),
      ("0.00000000000000001", 1, 17),
    ] as [(String, Int64, Int)])
  func reads(_ text: String, _ digits: Int64, _ scale: Int) throws {
    let decimal = try #require(ExactDecimal(text))
    #expect(decimal.digits == digits)
    #expect(decimal.scale == scale)
  }

  @Test(
    "Anything else is refused",
    arguments: [
      "", " ", ".", "-1", "+1", "01", "00", "00.5", "1.", ".5", "1..5", "1.2.3", "1e5", "1,000",
      "1 000", "１", "12,5", " 1", "1 ", "0x1", "NaN", "1000000000000000000",
      "0.000000000000000001", "٣",
    ])
  func refuses(_ text: String) { #expect(ExactDecimal(text) == nil) }

  @Test("Equal numbers are equal and hash alike, whatever their zeros")
  func equality() throws {
    var random = Seeded()
    for _ in 0..<500 {
      let digits = Int64(random.int(0...999_999))
      let scale = random.int(0...6)
      let zeros = random.int(0...6)
      let short = ExactDecimal(digits: digits, scale: scale)
      let long = ExactDecimal(
        digits: digits * Int64(ExactDecimal.powerOfTen(zeros)), scale: scale + zeros)
      #expect(short == long)
      #expect(short.hashValue == long.hashValue)
      #expect(!(short < long) && !(long < short))
      #expect(short.description == long.description)
      #expect(try #require(ExactDecimal(short.description)) == short)
      #expect(short < ExactDecimal(digits: long.digits + 1, scale: long.scale))
    }
    #expect(Set(["0", "0.0", "0.000"].compactMap { ExactDecimal($0) }).count == 1)
  }

  @Test("The longest numbers compare without overflow")
  func longest() throws {
    let large = try #require(ExactDecimal("999999999999999999"))
    let small = try #require(ExactDecimal("0.99999999999999999"))
    #expect(small < large)
    #expect(large == large)
  }

  @Test("A number is written with exactly its decimals, also below one and below zero")
  func writes() {
    #expect(ExactDecimal.text(5, scale: 3) == "0.005")
    #expect(ExactDecimal.text(-5, scale: 3) == "-0.005")
    #expect(ExactDecimal.text(12345, scale: 0) == "12345")
    #expect(ExactDecimal.text(-12345, scale: 2) == "-123.45")
    #expect(ExactDecimal.text(0, scale: 2) == "0.00")
    #expect(ExactDecimal(digits: 1200, scale: 2).description == "12")
    #expect(ExactDecimal(digits: 100, scale: 0).description == "100")
  }
}

/// A calendar day, proleptic Gregorian, without a time zone.
package struct Day: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Days since 1970-01-01.
  package let number: Int

  package init(number: Int) { self.number = number }

  /// Reads `2026-01-31`, years 1900 to 2200.
  package init?(_ text: String) {
    guard text.utf8.count == 10 else { return nil }
    var numbers = (0, 0, 0)
    for (index, byte) in text.utf8.enumerated() {
      let digit = Int(byte) - 0x30
      switch (index, digit) {
      case (4, -3), (7, -3): continue
      case (0...3, 0...9): numbers.0 = numbers.0 * 10 + digit
      case (5...6, 0...9): numbers.1 = numbers.1 * 10 + digit
      case (8...9, 0...9): numbers.2 = numbers.2 * 10 + digit
      default: return nil
      }
    }
    guard (1900...2200).contains(numbers.0), (1...12).contains(numbers.1), numbers.2 >= 1,
      numbers.2 <= Day.length(year: numbers.0, month: numbers.1)
    else { return nil }
    self.init(year: numbers.0, month: numbers.1, day: numbers.2)
  }

  /// From a civil date (the day-count algorithm of Howard Hinnant, "chrono-compatible low-level
  /// date algorithms").
  package init(year: Int, month: Int, day: Int) {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.init(number: era * 146_097 + dayOfEra - 719_468)
  }

  package var civil: (year: Int, month: Int, day: Int) {
    let z = number + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  package var month: Month {
    let (year, month, _) = civil
    return Month(year: year, month: month)
  }

  package var description: String {
    let (year, month, day) = civil
    return "\(padded(year, 4))-\(padded(month))-\(padded(day))"
  }

  package var json: JSON { .string(description) }

  /// 00:00 in China (UTC+8; no summer time since 1991), when what is effective on this day begins.
  package var startInChina: Instant {
    Instant(milliseconds: Int64(number) * 86_400_000 - Instant.chinaOffset)
  }

  package func adding(days: Int) -> Day { Day(number: number + days) }

  package static func < (one: Day, other: Day) -> Bool { one.number < other.number }

  package static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  package static func length(year: Int, month: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// A calendar month, the period of every report.
package struct Month: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Months since year 0: `year * 12 + month - 1`.
  package let number: Int

  /// The months the ledger covers; a report outside them is refused.
  package static let first = Month(year: 2010, month: 1)
  package static let last = Month(year: 2049, month: 12)

  package init(number: Int) { self.number = number }
  package init(year: Int, month: Int) { self.init(number: year * 12 + month - 1) }

  /// Reads `2026-01` within ``first`` … ``last``.
  package init?(_ text: String) {
    guard text.utf8.count == 7, let day = Day(text + "-01") else { return nil }
    guard (Month.first...Month.last).contains(day.month) else { return nil }
    self = day.month
  }

  package var year: Int { number / 12 }
  package var month: Int { number % 12 + 1 }
  package var firstDay: Day { Day(year: year, month: month, day: 1) }
  package var lastDay: Day { Day(year: year, month: month, day: length) }
  package var length: Int { Day.length(year: year, month: month) }
  package var daysInYear: Int { Day.isLeap(year) ? 366 : 365 }
  package var previous: Month { Month(number: number - 1) }
  package var next: Month { Month(number: number + 1) }
  package var description: String { "\(padded(year, 4))-\(padded(month))" }
  package var json: JSON { .string(description) }

  package static func < (one: Month, other: Month) -> Bool { one.number < other.number }
}

/// A moment, in milliseconds since 1970 UTC; on the wire RFC 3339 with `Z`.
package struct Instant: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let milliseconds: Int64

  static let chinaOffset: Int64 = 8 * 3_600_000

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Reads `2026-11-22T05:04:00Z`, with up to three decimals of a second and any offset.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
      let day = Day(String(decoding: bytes[0..<10], as: UTF8.self)),
      bytes[13] == 0x3A, bytes[16] == 0x3A,
      let hour = number(bytes[11..<13]), hour < 24, let minute = number(bytes[14..<16]),
      minute < 60, let second = number(bytes[17..<19]), second < 60
    else { return nil }
    var rest = bytes[19...]
    var thousandths: Int64 = 0
    if rest.first == UInt8(ascii: ".") {
      let fraction = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
      guard (1...3).contains(fraction.count), let value = number(fraction) else { return nil }
      thousandths = value * (fraction.count == 1 ? 100 : fraction.count == 2 ? 10 : 1)
      rest = rest.dropFirst(1 + fraction.count)
    }
    guard let offset = Instant.offset(rest) else { return nil }
    let seconds = Int64(day.number) * 86_400 + hour * 3600 + minute * 60 + second - offset
    self.init(milliseconds: seconds * 1000 + thousandths)
  }

  private static func offset(_ text: ArraySlice<UInt8>) -> Int64? {
    let bytes = Array(text)
    if bytes == [0x5A] || bytes == [0x7A] { return 0 }
    guard bytes.count == 6, bytes[3] == 0x3A, let hours = number(bytes[1..<3]), hours < 24,
      let minutes = number(bytes[4..<6]), minutes < 60
    else { return nil }
    switch bytes[0] {
    case UInt8(ascii: "+"): return hours * 3600 + minutes * 60
    case UInt8(ascii: "-"): return -(hours * 3600 + minutes * 60)
    default: return nil
    }
  }

  package var description: String {
    let (days, rest) = floorDivide(milliseconds, 86_400_000)
    let second = Int(rest / 1000)
    return "\(Day(number: Int(days)))T\(padded(second / 3600)):\(padded(second / 60 % 60))"
      + ":\(padded(second % 60)).\(padded(Int(rest % 1000), 3))Z"
  }

  package var json: JSON { .string(description) }

  /// The calendar day in China (UTC+8).
  package var dayInChina: Day {
    Day(number: Int(floorDivide(milliseconds + Instant.chinaOffset, 86_400_000).0))
  }

  package func adding(seconds: Int64) -> Instant {
    Instant(milliseconds: milliseconds + seconds * 1000)
  }

  package static func < (one: Instant, other: Instant) -> Bool {
    one.milliseconds < other.milliseconds
  }
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> (Int64, Int64) {
  let rest = ((value % divisor) + divisor) % divisor
  return ((value - rest) / divisor, rest)
}

private func number(_ digits: ArraySlice<UInt8>) -> Int64? {
  var value: Int64 = 0
  for digit in digits {
    guard (0x30...0x39).contains(digit) else { return nil }
    value = value * 10 + Int64(digit - 0x30)
  }
  return digits.isEmpty ? nil : value
}

private func padded(_ value: Int, _ width: Int = 2) -> String {
  let text = String(value)
  return text.count < width ? String(repeating: "0", count: width - text.count) + text : text
}

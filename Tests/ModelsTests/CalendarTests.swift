import Foundation
import TestSupport
import Testing

@testable import Models

struct CalendarTests {
  /// Proleptic Gregorian, UTC.
  let calendar: Foundation.Calendar = {
    var calendar = Foundation.Calendar(identifier: .iso8601)
    calendar.timeZone = .gmt
    return calendar
  }()

  func date(_ day: Day) -> Date { Date(timeIntervalSince1970: Double(day.number) * 86_400) }

  @Test("Days, months and their lengths agree with Foundation's calendar")
  func days() throws {
    var random = Seeded()
    let first = try #require(Day("1900-01-01"))
    let last = try #require(Day("2200-12-31"))
    for _ in 0..<2000 {
      let day = Day(number: random.int(first.number...last.number))
      let civil = calendar.dateComponents([.year, .month, .day], from: date(day))
      #expect(day.civil.year == civil.year)
      #expect(day.civil.month == civil.month)
      #expect(day.civil.day == civil.day)
      #expect(Day(day.description) == day)
      let (year, month, dayOfMonth) = day.civil
      #expect(Day(year: year, month: month, day: dayOfMonth) == day)
      let length = calendar.range(of: .day, in: .month, for: date(day))?.count
      #expect(day.month.length == length)
      #expect(day.month.lastDay.number - day.month.firstDay.number + 1 == length)
      #expect(day.month.daysInYear == calendar.range(of: .day, in: .year, for: date(day))?.count)
      #expect(day.month.next.firstDay == day.month.lastDay.adding(days: 1))
      #expect(day.month.previous.lastDay == day.month.firstDay.adding(days: -1))
    }
  }

  @Test("Moments agree with Foundation's, to the millisecond and with any offset")
  func instants() throws {
    var random = Seeded()
    let formatter = ISO8601DateFormatter()
    for _ in 0..<1000 {
      let seconds = random.int(-2_200_000_000...7_200_000_000)
      let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
      let instant = try #require(Instant(text), "\(text)")
      #expect(instant.milliseconds == Int64(seconds) * 1000)
      let fine = Instant(milliseconds: Int64(seconds) * 1000 + Int64(random.int(0...999)))
      #expect(Instant(fine.description) == fine)
      let minutes = random.int(0...839)
      formatter.timeZone = TimeZone(secondsFromGMT: random.one(of: [60, -60]) * minutes)
      let shifted = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
      #expect(Instant(shifted) == instant, "\(shifted)")
      formatter.timeZone = .gmt
    }
  }

  @Test("A day in China begins eight hours before the day in UTC")
  func china() throws {
    var random = Seeded()
    var china = calendar
    china.timeZone = try #require(TimeZone(secondsFromGMT: 8 * 3600))
    for _ in 0..<500 {
      let instant = Instant(
        milliseconds: Int64(random.int(-2_000_000_000_000...4_000_000_000_000)))
      let civil = china.dateComponents(
        [.year, .month, .day],
        from: Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000))
      let day = instant.dayInChina
      #expect(day.civil.year == civil.year && day.civil.month == civil.month)
      #expect(day.civil.day == civil.day)
      #expect(day.startInChina <= instant && instant < day.adding(days: 1).startInChina)
    }
    let start = try #require(Instant("2026-01-31T16:00:00Z"))
    #expect(start.dayInChina.description == "2026-02-01")
    #expect(start.adding(seconds: -1).dayInChina.description == "2026-01-31")
    #expect(start.dayInChina.startInChina == start)
  }

  @Test(
    "A text that is no day is refused",
    arguments: [
      "", "2026-1-31", "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-01-00",
      "2026-04-31", "1899-12-31", "2201-01-01", "20260131", "2026/01/31", "2026-01-31 ",
      " 2026-01-31", "+026-01-31", "-026-01-31", "2026-01-3１", "2026-W01-1", "26-01-31",
      "2026--1-31", "0x26-01-01",
    ])
  func noDay(_ text: String) { #expect(Day(text) == nil) }

  @Test("A leap day is a day", arguments: ["2024-02-29", "2000-02-29", "2028-02-29"])
  func leap(_ text: String) { #expect(Day(text)?.description == text) }

  @Test(
    "A text that is no month of the ledger is refused",
    arguments: [
      "", "2026", "2026-1", "2026-13", "2026-00", "2009-12", "2050-01", "202601", "2026-01-01",
    ])
  func noMonth(_ text: String) { #expect(Month(text) == nil) }

  @Test("Months count on over the year's end")
  func months() throws {
    let december = try #require(Month("2026-12"))
    #expect(december.next.description == "2027-01")
    #expect(december.next.previous == december)
    #expect(december.year == 2026)
    #expect(december.month == 12)
    #expect(Month("2010-01") == .first)
    #expect(Month("2049-12") == .last)
    #expect(december < december.next)
  }

  @Test(
    "A moment is read in every form that RFC 3339 allows",
    arguments: [
      ("2026-11-22T05:04:00Z", "2026-11-22T05:04:00.000Z"),
      ("2026-11-22t05:04:00z", "2026-11-22T05:04:00.000Z"),
      ("2026-11-22T05:04:00.5Z", "2026-11-22T05:04:00.500Z"),
      ("2026-11-22T05:04:00.07+08:00", "2026-11-21T21:04:00.070Z"),
      ("2026-12-31T23:59:59.999-00:01", "2027-01-01T00:00:59.999Z"),
      ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
    ])
  func moments(_ text: String, _ shown: String) {
    #expect(Instant(text)?.description == shown)
  }

  @Test(
    "A text that is no moment is refused",
    arguments: [
      "", "2026-11-22", "2026-11-22T05:04Z", "2026-11-22T05:04:00", "2026-11-22 05:04:00Z",
      "2026-11-22T24:00:00Z", "2026-11-22T05:60:00Z", "2026-11-22T05:04:60Z",
      "2026-11-22T05:04:00.Z", "2026-11-22T05:04:00.1234Z", "2026-11-22T05:04:00+8:00",
      "2026-11-22T05:04:00+0800", "2026-11-22T05:04:00+24:00", "2026-11-22T05:04:00Zx",
      "2026-02-30T05:04:00Z", "2026-11-22T+5:04:00Z", "2026-11-22T05:04:00Z ", "废废废废废废废废",
      "2026-11-22T05:04:00,5Z",
    ])
  func noMoment(_ text: String) { #expect(Instant(text) == nil) }

  @Test("A version 7 id is that of RFC 9562's example")
  func identifier() throws {
    let moment = Instant(milliseconds: 1_645_557_742_000)
    let random: [UInt8] = [0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F]
    let id = ID(at: moment, random: random)
    #expect(id.text == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    #expect(ID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F") == id)
    #expect(id.text < ID(at: moment.adding(seconds: 1), random: random).text)
  }

  @Test(
    "A text that is no UUID is refused",
    arguments: [
      "", "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
      "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
      "017f22e2179b017cc3198c41dc0c0c07398f", "０17f22e2-79b0-7cc3-98c4-dc0c0c073",
    ])
  func noID(_ text: String) { #expect(ID(text) == nil) }
}

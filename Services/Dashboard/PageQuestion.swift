import Foundation
import HTTPTypes
import Hummingbird
import Models
import ServiceKit

/// What the page is asked: the API's question about throughput, and the capacity's day.
struct PageQuestion: Sendable {
  let throughput: TableQuestion
  let day: Day

  init(_ request: Request, today: Day) throws(Problem) {
    let query = Query(request.asAsked)
    throughput = try TableQuestion(query, today: today)
    day = try query.day("date") ?? today
  }

  private var asOf: String { throughput.asOf.map { "&as_of=\($0)" } ?? "" }
  private var common: String { "metal=\(throughput.metal.rawValue)" }
  private var by: String { "by=\(throughput.grouping.rawValue)" }
  private var months: String {
    "from=\(throughput.months.lowerBound)&to=\(throughput.months.upperBound)"
  }

  /// The same question to the API.
  var throughputQuery: String { "\(common)&\(months)&\(by)\(asOf)" }
  var capacityQuery: String { capacityQuery(on: day) }

  func capacityQuery(on day: Day) -> String { "\(common)&date=\(day)&\(by)\(asOf)" }

  /// The page again, with the capacity of another day.
  func page(on day: Day) -> String {
    "\(DashboardApplication.prefix)/?\(common)&\(months)&\(by)&date=\(day)\(asOf)"
  }

  /// The reports behind a group's month; the total's group is the country where groups are its parts.
  func reports(_ line: ThroughputLine) -> String {
    var place = "&\(throughput.grouping.rawValue)=\(line.code)"
    if line.code == "TOTAL" { place = throughput.grouping == .country ? "" : "&country=CN" }
    return
      "\(DashboardApplication.prefix)/reports?\(common)&month=\(line.month)\(place)\(asOf)"
  }
}

/// The form's fields as they were typed, to be shown again even where they are wrong.
struct TypedQuestion: Sendable {
  let metal: String
  let from: String
  let to: String
  let by: String
  let date: String
  let asOf: String

  init(_ request: Request) {
    let values = request.uri.queryParameters
    metal = values["metal"].map(String.init) ?? Metal.steel.rawValue
    from = values["from"].map(String.init) ?? ""
    to = values["to"].map(String.init) ?? ""
    by = values["by"].map(String.init) ?? Grouping.province.rawValue
    date = values["date"].map(String.init) ?? ""
    asOf = values["as_of"].map(String.init) ?? ""
  }

  init(_ question: PageQuestion) {
    let throughput = question.throughput
    metal = throughput.metal.rawValue
    from = throughput.months.lowerBound.description
    to = throughput.months.upperBound.description
    by = throughput.grouping.rawValue
    date = question.day.description
    asOf = throughput.asOf.map(Shown.field) ?? ""
  }
}

extension Request {
  /// The request as its form meant it: a field left empty is no parameter, and a time without an
  /// offset is China's.
  var asAsked: Request {
    let pairs = (uri.query ?? "").split(separator: "&").filter { !$0.hasSuffix("=") }.map {
      $0.hasPrefix("as_of=") ? "as_of=" + Self.moment(String($0.dropFirst(6))) : String($0)
    }
    var head = head
    head.path = uri.path + "?" + pairs.joined(separator: "&")
    return Request(head: head, body: body)
  }

  private static func moment(_ typed: String) -> String {
    guard let text = typed.removingPercentEncoding, Instant(text) == nil else { return typed }
    let local = [text, text + ":00"].lazy.compactMap { Instant($0 + "+08:00") }.first
    return local?.description ?? typed
  }
}

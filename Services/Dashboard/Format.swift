import HTTPTypes
import Hummingbird
import Models
import ServiceKit

/// JSON or CSV, as `Accept` asks.
enum Format: Sendable {
  case json, csv

  /// - Throws: ``Problem`` `notAcceptable`.
  init(_ request: Request) throws(Problem) {
    let accept = request.headers[.accept] ?? "*/*"
    let types = accept.split(separator: ",").map {
      ($0.split(separator: ";").first.map(String.init) ?? "").trimmingSpace.lowercased()
    }
    for type in types {
      switch type {
      case "text/csv":
        self = .csv
        return
      case "application/json", "application/*", "*/*":
        self = .json
        return
      default: continue
      }
    }
    throw Problem(.notAcceptable, "This is to be had as application/json and as text/csv.")
  }
}

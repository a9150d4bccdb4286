import ArgumentParser
import Foundation
import Models

/// A table to publish: its title and its question, spelt as the query of `figures` is, such as
/// `By province:definition=SCRAP_RATE_KG_T&period=quarter&from=2026-01&to=2026-03&by=province`.
struct PublicationTable: ExpressibleByArgument {
  let title: String
  let question: [(name: String, value: String)]

  init?(argument: String) {
    // A title may hold a colon; a name in the question holds none.
    guard let equals = argument.firstIndex(of: "="),
      let colon = argument[..<equals].lastIndex(of: ":")
    else { return nil }
    title = String(argument[..<colon]).trimmingSpace
    let pairs = argument[argument.index(after: colon)...].split(separator: "&").map { pair in
      pair.split(separator: "=", maxSplits: 1).map { String($0).trimmingSpace }
    }
    guard !title.isEmpty, pairs.allSatisfy({ $0.count == 2 }) else { return nil }
    question = pairs.map { ($0[0], $0[1].removingPercentEncoding ?? $0[1]) }
  }

  var json: JSON {
    let members = question.map { JSON.Member($0.name, .string($0.value)) }
    return .members(["title": .string(title), "question": .object(members)])
  }
}

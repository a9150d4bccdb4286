import Hummingbird
import HTTPTypes
import Models
import NIOCore

/// What travels with a request through middleware and routes.
package struct Context: RequestContext {
  package var coreContext: CoreRequestContextStorage
  package let channel: any Channel
  /// Who is asking, once the token was verified.
  package var caller: Actor?

  package init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }

  /// Who is asking.
  /// - Throws: ``Problem`` `unauthenticated` on a route outside the authenticated group.
  package var actor: Actor {
    get throws(Problem) {
      guard let caller else { throw Problem(.unauthenticated, "Sign in first.") }
      return caller
    }
  }

  /// An id in the path.
  /// - Throws: ``Problem`` `notFound`, since nothing can have such an id.
  package func id(_ name: String = "id") throws(Problem) -> ID {
    guard let text = parameters.get(name), let id = ID(text) else {
      throw Problem(.notFound, "There is nothing with this id. An id is a UUID.")
    }
    return id
  }
}

extension Request {
  /// A field that may stand only once.
  package func header(_ name: String) -> String? {
    HTTPField.Name(name).flatMap { headers[$0] }
  }
}

/// The values of a query string, read with clear errors.
package struct Query {
  private let request: Request

  package init(_ request: Request) { self.request = request }

  /// The value as `convert` makes it, or nil where it is absent. A parameter stands once, and an
  /// empty one is no value.
  package func value<Value>(
    _ name: String, _ expected: String, _ convert: (String) -> Value?
  ) throws(Problem) -> Value? {
    let values = request.uri.queryParameters[values: name[...]]
    guard let first = values.first else { return nil }
    guard values.count == 1, !first.utf8.contains(0), let value = convert(String(first)) else {
      throw Problem.field("?\(name)", "\(expected) is expected, and only once")
    }
    return value
  }

  /// What is there of these, by name; each stands once.
  package func texts(_ names: [String]) throws(Problem) -> [String: String] {
    var texts: [String: String] = [:]
    for (name, value) in request.uri.queryParameters where names.contains(String(name)) {
      guard texts.updateValue(String(value), forKey: String(name)) == nil else {
        throw Problem.field("?\(name)", "it is expected once")
      }
    }
    return texts
  }

  /// Refuses parameters that the endpoint does not know, since a mistyped filter must not pass for
  /// no filter.
  package func only(_ names: String...) throws(Problem) { try only(names) }

  package func only(_ names: [String]) throws(Problem) {
    for pair in request.uri.queryParameters where !names.contains(String(pair.key)) {
      let known = names.isEmpty ? "none" : names.joined(separator: ", ")
      throw Problem.field("?\(pair.key)", "there is no such parameter here; there are: \(known)")
    }
  }

  package func month(_ name: String) throws(Problem) -> Month? {
    try value(name, "a month such as 2026-01", Month.init)
  }

  package func day(_ name: String) throws(Problem) -> Day? {
    try value(name, "a day such as 2026-01-31", Day.init)
  }

  package func instant(_ name: String) throws(Problem) -> Instant? {
    try value(name, "a moment such as 2026-01-31T16:00:00Z", Instant.init)
  }

  package func id(_ name: String) throws(Problem) -> ID? {
    try value(name, "an id (UUID)", ID.init)
  }

  package func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, as _: Word.Type = Word.self
  )
    throws(Problem) -> Word? where Word.RawValue == String
  {
    let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
    return try value(name, "one of \(words)") { Word(rawValue: $0) }
  }

  package func int(_ name: String, default absent: Int, in range: ClosedRange<Int>)
    throws(Problem) -> Int
  {
    let text = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return try value(name, text) { Int($0).flatMap { range.contains($0) ? $0 : nil } } ?? absent
  }

  /// A province's GB/T 2260 code.
  package func province() throws(Problem) -> String? {
    try value("province", "a province's GB/T 2260 code, such as 130000,") {
      Reference.shared.provinces[$0] == nil ? nil : $0
    }
  }

  package func flag(_ name: String) throws(Problem) -> Bool {
    try value(name, "true or false") { ["true": true, "false": false][$0] } ?? false
  }
}

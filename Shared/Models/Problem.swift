/// A failure as its reader sees it: RFC 9457, with a stable kind and a sentence to act on.
package struct Problem: Error, Sendable, Equatable {
  /// One wrong field: a JSON pointer into the body, or a column of a file's row.
  package struct Field: Sendable, Equatable {
    package let pointer: String
    package let detail: String

    package init(_ pointer: String, _ detail: String) {
      self.pointer = pointer
      self.detail = detail
    }
  }

  /// The stable kinds; the `type` on the wire is `urn:remelt:problem:` and the kind's name.
  package enum Kind: String, Sendable, CaseIterable {
    case malformed = "malformed"
    case unauthenticated = "unauthenticated"
    case forbidden = "forbidden"
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case notAcceptable = "not-acceptable"
    case timeout = "timeout"
    case duplicate = "duplicate"
    case conflict = "conflict"
    case stale = "stale"
    case tooLarge = "too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case invalid = "invalid"
    case keyReused = "idempotency-key-reused"
    case preconditionRequired = "precondition-required"
    case internalError = "internal"
    case unavailable = "unavailable"

    package var status: Int {
      switch self {
      case .malformed: 400
      case .unauthenticated: 401
      case .forbidden: 403
      case .notFound: 404
      case .methodNotAllowed: 405
      case .notAcceptable: 406
      case .timeout: 408
      case .duplicate, .conflict: 409
      case .stale: 412
      case .tooLarge: 413
      case .unsupportedMediaType: 415
      case .invalid, .keyReused: 422
      case .preconditionRequired: 428
      case .internalError: 500
      case .unavailable: 503
      }
    }

    package var title: String {
      switch self {
      case .malformed: "The request cannot be read"
      case .unauthenticated: "Sign in first"
      case .forbidden: "Not allowed"
      case .notFound: "Not found"
      case .methodNotAllowed: "Method not allowed here"
      case .notAcceptable: "No such representation"
      case .timeout: "The request took too long to arrive"
      case .duplicate: "It exists already"
      case .conflict: "It conflicts with what is recorded"
      case .stale: "It has changed since you read it"
      case .tooLarge: "Too large"
      case .unsupportedMediaType: "Unsupported media type"
      case .invalid: "The content is not acceptable"
      case .keyReused: "The idempotency key was used for something else"
      case .preconditionRequired: "Say which version you mean"
      case .internalError: "An error on our side"
      case .unavailable: "Not available right now"
      }
    }
  }

  package let kind: Kind
  package let detail: String
  package let fields: [Field]
  /// Further members of the problem object, such as the candidates of a likely duplicate.
  package let extra: [JSON.Member]
  /// Header fields of the answer, such as `Allow` and `Retry-After`.
  package let headers: [(name: String, value: String)]

  package init(
    _ kind: Kind, _ detail: String, fields: [Field] = [], extra: [JSON.Member] = [],
    headers: [(name: String, value: String)] = []
  ) {
    self.kind = kind
    self.detail = detail
    self.fields = fields
    self.extra = extra
    self.headers = headers
  }

  /// The `application/problem+json` body.
  package var json: JSON {
    var members: [JSON.Member] = [
      .init("type", .string("urn:remelt:problem:\(kind.rawValue)")),
      .init("title", .string(kind.title)),
      .init("status", .int(kind.status)),
      .init("detail", .string(detail)),
    ]
    if !fields.isEmpty {
      let errors = fields.map {
        JSON.members(["pointer": .string($0.pointer), "detail": .string($0.detail)])
      }
      members.append(.init("errors", .array(errors)))
    }
    return .object(members + extra)
  }

  package static func == (one: Problem, other: Problem) -> Bool {
    one.json == other.json
  }

  /// One wrong field.
  package static func field(_ pointer: String, _ detail: String) -> Problem {
    Problem(.invalid, "One field is not acceptable: \(detail)", fields: [.init(pointer, detail)])
  }

  /// The same of a part of something larger: `?name` becomes the pointer of that part's member.
  package func moved(to pointer: String) -> Problem {
    Problem(
      kind, detail,
      fields: fields.map {
        let name = $0.pointer.hasPrefix("?") ? "/\($0.pointer.dropFirst())" : $0.pointer
        return Field(pointer + name, $0.detail)
      }, extra: extra, headers: headers)
  }

  /// Several wrong fields at once.
  package static func fields(_ fields: [Field]) -> Problem {
    if fields.count == 1 { return .field(fields[0].pointer, fields[0].detail) }
    return Problem(.invalid, "\(fields.count) fields are not acceptable.", fields: fields)
  }
}

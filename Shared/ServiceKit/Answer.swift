import Hummingbird
import HTTPTypes
import Models
import NIOCore

/// An answer before it goes out, in a form that can be stored and given again.
package struct Answer: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// What a replay says instead, where the body holds a secret.
  package var replayBody: [UInt8]?

  package init(_ status: Int, _ json: JSON, headers: [(name: String, value: String)] = []) {
    self.status = status
    self.headers = headers
    body = json.bytes
  }

  package init(stored status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package var response: Response {
    var fields: HTTPFields = [.contentType: "application/json"]
    for header in headers {
      if let name = HTTPField.Name(header.name) { fields[name] = header.value }
    }
    return Response(
      status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: body))
    )
  }
}

extension Response {
  package static func json(_ json: JSON, status: Int = 200) -> Response {
    Answer(status, json).response
  }

  package static func text(
    _ text: String, type: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}

extension Problem {
  /// For ``StorageFailure/away(_:)``, whose write may have been recorded.
  static let databaseAway = Problem(
    .unavailable,
    "The database is away for the moment. Send this again with the same Idempotency-Key: whether or not it was recorded, it counts once.",
    headers: [("Retry-After", "2")])

  /// The `application/problem+json` answer.
  package var response: Response {
    var response = Answer(kind.status, json, headers: headers).response
    response.headers[.contentType] = "application/problem+json"
    if kind == .unauthenticated { response.headers[.wwwAuthenticate] = "Bearer" }
    return response
  }
}

/// A strong entity tag made of an object's version.
package enum ETag {
  package static func text(_ version: Int64) -> String { "\"\(version)\"" }

  /// Demands that the request names the version it means to change.
  /// - Throws: ``Problem`` `preconditionRequired` (428) or `stale` (412).
  package static func check(_ request: String?, is version: Int64) throws(Problem) {
    guard let request else {
      throw Problem(
        .preconditionRequired,
        "Send If-Match with the ETag of the version you read, so that nobody's change is lost.")
    }
    guard request == text(version) else {
      throw Problem(
        .stale, "It is at version \(text(version)) now, not \(request): read it again first.")
    }
  }
}

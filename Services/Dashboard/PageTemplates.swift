import Foundation
import HTTPTypes
import Hummingbird
import Models
import Mustache
import ServiceKit

/// The page's templates, read once at the start.
struct PageTemplates: Sendable {
  /// The ones that are a page of their own; the others are their parts.
  enum Name: String, CaseIterable, Sendable {
    case figures, reports, trouble
    case signIn = "sign-in"
    case style = "style.css"
  }

  private struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  /// Beside the executable.
  static var folder: URL { Bundle.module.bundleURL.appending(path: "Pages") }

  private let library: MustacheLibrary

  /// - Throws: what cannot be read, since a broken installation must not start.
  init(folder: URL = Self.folder) async throws {
    library = try await MustacheLibrary(directory: folder.path)
    for name in Name.allCases where library.getTemplate(named: name.rawValue) == nil {
      throw Missing(
        description:
          "The page \(name.rawValue).mustache is not in \(folder.path). Install the folder that belongs beside this executable."
      )
    }
  }

  /// Everything in the model comes out with HTML's own characters escaped.
  func text(_ name: Name, _ model: Any) -> String {
    library.render(model, withTemplate: name.rawValue) ?? ""
  }

  func page(_ name: Name, _ model: Any, status: HTTPResponse.Status = .ok) -> Response {
    .text(text(name, model), type: "text/html; charset=utf-8", status: status)
  }
}

/// What the page of a problem says.
struct TroublePage: Sendable {
  let title: String
  let sentence: String
  /// Signed in, but with a key that may not see the figures: it can be changed.
  let forbidden: Bool

  init(_ problem: Problem) {
    title = problem.kind.title
    sentence = problem.sentence
    forbidden = problem.kind == .forbidden
  }
}

extension Problem {
  /// What is wrong and where, for a person.
  var sentence: String {
    guard !fields.isEmpty else { return detail }
    return fields.map { field in
      let name = field.pointer.trimmingPrefix("?").trimmingPrefix("/")
      return "Not acceptable: \(name): \(field.detail)."
    }.joined(separator: " ")
  }
}

/// Gives every page the fields that keep it to itself, and makes problems pages too.
struct PageSurface: RouterMiddleware {
  let templates: PageTemplates

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      response = try await next(request, context)
    } catch let problem as Problem where Self.isForReaders(problem) {
      response = templates.page(
        .trouble, TroublePage(problem), status: .init(code: problem.kind.status))
    }
    for (name, value) in Self.fields where response.headers[name] == nil {
      response.headers[name] = value
    }
    return response
  }

  /// The others close the connection, or answer no browser.
  private static func isForReaders(_ problem: Problem) -> Bool {
    ![.unsupportedMediaType, .tooLarge, .timeout].contains(problem.kind)
  }

  private static let policy = [
    "default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'",
    "base-uri 'none'",
  ].joined(separator: "; ")

  private static let fields: [(HTTPField.Name, String)] =
    [
      ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
      ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}

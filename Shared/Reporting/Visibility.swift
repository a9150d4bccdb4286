import Models
import Storage

/// What a caller may see: everything, or the facilities of some organisations and authorities.
package struct Visibility: Sendable {
  package let all: Bool
  private let organisations: [String]
  private let authorities: [String]

  package init(_ actor: Actor) {
    let scopes = actor.grants.filter { $0.role != .service }.map(\.scope)
    all = scopes.contains(.all)
    organisations = scopes.compactMap {
      if case .organisation(let id) = $0 { id.text } else { nil }
    }
    authorities = scopes.compactMap { if case .authority(let code) = $0 { code } else { nil } }
  }

  package static let everything = Visibility(all: true)

  private init(all: Bool) {
    self.all = all
    organisations = []
    authorities = []
  }

  /// A condition on columns of the facility `f`, each `?` of it for one of the values.
  package var condition: (sql: String, values: [Value]) {
    if all { return ("1 = 1", []) }
    let marks = { (count: Int) in [String](repeating: "?", count: count).joined(separator: ", ") }
    let parts = [
      organisations.isEmpty ? nil : "f.organisation_id IN (\(marks(organisations.count)))",
      authorities.isEmpty ? nil : "f.authority IN (\(marks(authorities.count)))",
    ].compactMap { $0 }
    guard !parts.isEmpty else { return ("1 = 0", []) }
    return (
      "(" + parts.joined(separator: " OR ") + ")", (organisations + authorities).map { .text($0) }
    )
  }
}

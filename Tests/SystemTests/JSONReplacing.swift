import Models

extension JSON {
  /// The same object with another value of a member, or without it.
  func replacing(_ name: String, _ value: JSON?) -> JSON {
    guard case .object(var members) = self else { return self }
    members.removeAll { $0.name == name }
    return .object(members + (value.map { [.init(name, $0)] } ?? []))
  }
}

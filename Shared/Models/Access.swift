/// What a grant covers: everything, one reporting authority, or one organisation.
package enum Scope: Sendable, Hashable {
  case all
  case authority(String)
  case organisation(ID)

  /// `all`, `authority:130000`, `organisation:<id>`.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      .map(String.init)
    switch (parts.first, parts.count) {
    case ("all", 1): self = .all
    case ("authority", 2) where !parts[1].isEmpty: self = .authority(parts[1])
    case ("organisation", 2):
      guard let id = ID(parts[1]) else { return nil }
      self = .organisation(id)
    default: return nil
    }
  }

  package var text: String {
    switch self {
    case .all: "all"
    case .authority(let code): "authority:\(code)"
    case .organisation(let id): "organisation:\(id)"
    }
  }
}

/// One role over one scope, such as `reporter@organisation:<id>` or `analyst@all`.
package struct Grant: Sendable, Hashable {
  package let role: Role
  package let scope: Scope

  package init(_ role: Role, _ scope: Scope) {
    self.role = role
    self.scope = scope
  }

  package init?(_ text: String) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
      .map(String.init)
    guard parts.count == 2, let role = Role(rawValue: parts[0]), let scope = Scope(parts[1]) else {
      return nil
    }
    self.init(role, scope)
  }

  package var text: String { "\(role.rawValue)@\(scope.text)" }
}

/// Who is asking: a credential and what it was granted.
package struct Actor: Sendable, Hashable {
  package let credential: ID
  package let grants: Set<Grant>

  package init(credential: ID, grants: Set<Grant>) {
    self.credential = credential
    self.grants = grants
  }

  /// The `actor` of an event.
  package var name: String { "credential:\(credential)" }

  package func has(_ role: Role) -> Bool { grants.contains { $0.role == role } }

  /// Whether one of the roles is held over the organisation or the authority it reports to.
  package func may(_ roles: [Role], organisation: ID, authority: String?) -> Bool {
    grants.contains { grant in
      guard roles.contains(grant.role) else { return false }
      switch grant.scope {
      case .all: return true
      case .organisation(let id): return id == organisation
      case .authority(let code): return code == authority
      }
    }
  }

  /// Whether one of the roles is held over everything.
  package func mayAll(_ roles: [Role]) -> Bool {
    grants.contains { roles.contains($0.role) && $0.scope == .all }
  }
}

extension Fields {
  /// A list of 1 to 50 grants, each a role at a scope that exists.
  package func grants(_ name: String) -> [Grant]? {
    guard let json = optional(name) else {
      wrong(name, "is required: a list such as [\"analyst@all\"]")
      return nil
    }
    let texts = json.elements.compactMap(\.text)
    guard (1...50).contains(json.elements.count), texts.count == json.elements.count else {
      wrong(name, "a list of 1 to 50 texts such as \"reporter@organisation:<id>\" is expected")
      return nil
    }
    let grants = texts.compactMap(Grant.init)
    let unknown = grants.contains { grant in
      guard case .authority(let code) = grant.scope else { return false }
      return Reference.shared.authorities[code] == nil
    }
    guard grants.count == texts.count, !unknown else {
      wrong(
        name,
        "each is a role (\(Role.allCases.map(\.rawValue).joined(separator: ", "))) at all, authority:<code> or organisation:<id>"
      )
      return nil
    }
    return grants
  }
}

/// A legal person: identifier, name and the group it belongs to (counted as one by disclosure rules).
package struct Organisation: Sendable, Equatable {
  package let identifier: Identifier
  package let name: String
  /// The ultimate holding group's name; an organisation without one is its own group.
  package let ownershipGroup: String?

  package init(identifier: Identifier, name: String, ownershipGroup: String?) {
    self.identifier = identifier
    self.name = name
    self.ownershipGroup = ownershipGroup
  }

  package init?(_ fields: Fields) {
    let identifier = fields.object("identifier", as: Identifier.init)
    let name = fields.text("name")
    let group = fields.text("ownership_group", required: false)
    fields.end()
    guard let identifier, let name else { return nil }
    self.init(identifier: identifier, name: name, ownershipGroup: group)
  }

  package var members: [JSON.Member] {
    [
      .init("identifier", identifier.json), .init("name", .string(name)),
    ] + (ownershipGroup.map { [.init("ownership_group", .string($0))] } ?? [])
  }
}

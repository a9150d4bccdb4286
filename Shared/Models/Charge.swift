/// A line of what a mill charged in a month: a material, where it came from, and its mass from the
/// weighbridge on.
package struct Charge: Sendable, Equatable {
  package let material: Reference.Material
  /// Of recycled material alone.
  package let origin: Origin?
  /// What it was charged for, where a metal's scrap may go two ways.
  package let route: OutputRoute?
  /// The supplier, where it is in the ledger.
  package let facility: ID?
  package let chain: MassChain

  /// - Parameter metal: what the report is of; nil where that is not known.
  package init?(_ fields: Fields, of metal: Metal?) {
    let id = fields.text("material", maximum: 60)
    let material = id.flatMap { Reference.shared.materials[$0] }
    if let id, material == nil {
      fields.wrong("material", "\"\(id)\" is none of the materials: see materials.csv")
    }
    if let material, let metal, material.metal != metal {
      fields.wrong("material", "\(material.id) is no material of \(metal.rawValue)")
    }
    let isRecycled = material?.role == .recycled
    origin = fields.word("origin", required: isRecycled, as: Origin.self)
    route = fields.word("route", required: isRecycled && material?.metal == .copper)
    facility = fields.id("facility_id", required: false)
    let chain = MassChain(fields)
    fields.end()
    guard let material, let chain else { return nil }
    self.material = material
    self.chain = chain
    check(fields)
  }

  private func check(_ fields: Fields) {
    if material.role != .recycled, origin != nil {
      fields.wrong("origin", "only recycled material has an origin")
    }
    if let route, route.metal != material.metal {
      let routes = OutputRoute.of(material.metal).map(\.rawValue).joined(separator: ", ")
      fields.wrong("route", "for \(material.metal.rawValue) there are: \(routes)")
    } else if let route, material.role == .recycled, !route.isSecondary, material.metal != .steel {
      fields.wrong("route", "recycled material goes into a secondary route")
    }
    if material.basis == .contained, !fields.has("assay") {
      fields.wrong("assay", "is required: \(material.id) counts by the metal it contains")
    }
    if material.metal == .aluminium, material.role == .recycled, !fields.has("yield") {
      fields.wrong("yield", "is required: recycled aluminium counts after its yield")
    }
  }

  package var json: JSON {
    .object(
      [JSON.Member("material", .string(material.id))]
        + [("origin", origin?.rawValue), ("route", route?.rawValue)].compactMap { name, word in
          word.map { JSON.Member(name, .string($0)) }
        } + (facility.map { [.init("facility_id", $0.json)] } ?? []) + chain.members)
  }

  /// What it counts: clean for steel scrap, contained metal for copper and aluminium, net for the
  /// rest, as `materials.csv` says.
  package var counted: Mass {
    switch material.basis {
    case .gross: chain.net
    case .clean: chain.clean
    case .contained: chain.contained
    }
  }
}

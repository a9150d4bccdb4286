/// kg CO2e per kg of hydrogen, and what that covers: without its boundary it compares with nothing.
package struct CarbonIntensity: Sendable, Equatable {
  package let value: ExactDecimal
  package let boundary: String
  /// The method and its edition.
  package let method: String?

  init?(_ fields: Fields) {
    let value = fields.decimal("value")
    let boundary = fields.text("boundary", maximum: 60)
    method = fields.text("method", required: false)
    fields.end()
    if let value, value > ExactDecimal(digits: 1000, scale: 0) || value.scale > 6 {
      fields.wrong("value", "at most 1000 kgCO2e/kgH2 with six decimals is expected")
    }
    let known = Reference.shared.hydrogenBoundaries
    if let boundary, !known.contains(boundary) {
      fields.wrong("boundary", "one of \(known.joined(separator: ", ")) is expected")
    }
    guard let value, let boundary else { return nil }
    self.value = value
    self.boundary = boundary
  }

  var json: JSON {
    .members([
      "value": .string(value.description), "boundary": .string(boundary), "method": .text(method),
    ])
  }
}

/// Hydrogen that came in, by one route and from one source.
package struct HydrogenSupply: Sendable, Equatable {
  package let route: HydrogenRoute
  package let power: PowerSource?
  package let source: HydrogenSource
  /// The supplier, where it is in the ledger.
  package let facility: ID?
  package let quantity: HydrogenQuantity
  package let intensity: CarbonIntensity?
  /// Whether the energy it was made with was renewable, as some schemes demand.
  package let isRenewable: Bool
  /// Ids of certificates that are cancelled for it, each accepted once in the whole ledger.
  package let certificates: [String]

  package init?(_ fields: Fields) {
    let route = fields.word("route", as: HydrogenRoute.self)
    power = fields.word("power", required: route?.isElectrolysis ?? false, as: PowerSource.self)
    let source = fields.word("source", as: HydrogenSource.self)
    facility = fields.id("facility_id", required: false)
    let quantity = HydrogenQuantity(fields)
    intensity = fields.object("carbon_intensity", required: false, as: CarbonIntensity.init)
    let isElectrolysis = route?.isElectrolysis ?? false
    let isRenewable = fields.flag(
      "renewable", default: isElectrolysis && power?.isRenewable ?? false)
    certificates = fields.texts("certificates", maximum: 100)
    fields.end()
    if let route, !route.isElectrolysis, power != nil {
      fields.wrong("power", "only electrolysis has one")
    }
    let fossil: [HydrogenRoute] = [.coalGasification, .coalGasificationCCS, .cokeOvenGas]
    if isRenewable == true, let route,
      fossil.contains(route) || (route.isElectrolysis && power == .nuclear)
    {
      fields.wrong("renewable", "hydrogen of coal or by nuclear power is not")
    }
    guard let route, let source, let quantity, let isRenewable else { return nil }
    self.route = route
    self.source = source
    self.quantity = quantity
    self.isRenewable = isRenewable
  }

  package var json: JSON {
    var members: [JSON.Member] = [.init("route", .string(route.rawValue))]
    if let power { members.append(.init("power", .string(power.rawValue))) }
    members.append(.init("source", .string(source.rawValue)))
    if let facility { members.append(.init("facility_id", facility.json)) }
    members += quantity.members
    if let intensity { members.append(.init("carbon_intensity", intensity.json)) }
    members.append(.init("renewable", .bool(isRenewable)))
    if !certificates.isEmpty {
      members.append(.init("certificates", .array(certificates.map { .string($0) })))
    }
    return .object(members)
  }

  /// Its class in each scheme of the threshold table.
  package var classes: [(scheme: String, name: String)] {
    HydrogenClass.schemes.map { scheme, tiers in
      (scheme, HydrogenClass.of(intensity, isRenewable: isRenewable, tiers))
    }
  }
}

/// What a mill made in a month by one route: crude steel, refined copper, aluminium.
package struct Output: Sendable, Equatable {
  package let route: OutputRoute
  package let mass: Mass

  /// - Parameter metal: what the report is of; nil where that is not known.
  package init?(_ fields: Fields, of metal: Metal?) {
    let route = fields.word("route", as: OutputRoute.self)
    let mass = fields.mass("mass")
    fields.end()
    if let route, let metal, route.metal != metal {
      let routes = OutputRoute.of(metal).map(\.rawValue).joined(separator: ", ")
      fields.wrong("route", "for \(metal.rawValue) there are: \(routes)")
    }
    guard let route, let mass else { return nil }
    self.route = route
    self.mass = mass
  }

  package var json: JSON {
    .members(["route": .string(route.rawValue), "mass": mass.json])
  }
}

/// One mill's month of one metal: what it charged, of which origin, and what it made. Steel counts
/// clean mass, copper and aluminium the metal contained. The stock is that of recycled material:
/// opening + received + home arising = charged + sold + closing, within the tolerance.
package struct RecycledInputReport: MonthlyReport {
  package static let type = ReportType.recycledInput
  package static let periodMember = "period"

  package var facility: ID
  package let metal: Metal
  package let period: Period
  package let isNil: Bool
  package let inputs: [Charge]
  package var opening: Mass
  package let openingReason: String?
  package let received: Mass
  /// Scrap of the mill's own process.
  package let homeArising: Mass
  package let sold: Mass
  package var closing: Mass
  package let outputs: [Output]
  /// What left as products, for the recycled content of ISO 14021.
  package let product: Mass?
  package let note: String?

  package init?(_ fields: Fields) {
    let facility = fields.id("facility_id")
    let metal = fields.word("metal", as: Metal.self)
    let period = fields.period("period")
    let isNil = fields.flag("nil")
    let moved = isNil == false
    inputs = fields.list("inputs") { Charge($0, of: metal) }
    let opening = fields.mass("opening", required: moved)
    openingReason = fields.text("opening_reason", required: false, maximum: 500)
    received = fields.mass("received", required: false) ?? .zero
    homeArising = fields.mass("home_arising", required: false) ?? .zero
    sold = fields.mass("sold", required: false) ?? .zero
    let closing = fields.mass("closing", required: moved)
    outputs = fields.list("outputs") { Output($0, of: metal) }
    product = fields.mass("product", required: false)
    note = fields.text("note", required: false, maximum: 1000)
    fields.end()
    guard let facility, let metal, let period, let isNil else { return nil }
    self.facility = facility
    self.metal = metal
    self.period = period
    self.isNil = isNil
    self.opening = opening ?? .zero
    self.closing = closing ?? opening ?? .zero
    if Set(outputs.map(\.route)).count < outputs.count {
      fields.wrong("outputs", "a route stands twice")
    }
    if isNil { checkNil(fields) }
  }

  private func checkNil(_ fields: Fields) {
    if !inputs.isEmpty { fields.wrong("inputs", "a nil return has none") }
    if !outputs.isEmpty { fields.wrong("outputs", "a nil return has none") }
    for (name, mass) in [("received", received), ("home_arising", homeArising), ("sold", sold)]
    where mass > .zero {
      fields.wrong(name, "a nil return has none")
    }
    if product ?? .zero > .zero { fields.wrong("product", "a nil return has none") }
    if opening != closing {
      fields.wrong("closing", "must equal the opening stock in a nil return")
    }
  }

  package var series: Metal? { metal }

  package var members: [JSON.Member] {
    let object = JSON.members([
      "facility_id": facility.json, "metal": .string(metal.rawValue), "period": period.json,
      "nil": .bool(isNil), "inputs": .array(inputs.map(\.json)), "opening": opening.json,
      "opening_reason": .text(openingReason), "received": received.json,
      "home_arising": homeArising.json, "sold": sold.json, "closing": closing.json,
      "outputs": .array(outputs.map(\.json)), "product": product?.json, "note": .text(note),
    ])
    guard case .object(let members) = object else { return [] }
    return members
  }

  /// Recycled material charged.
  package var charged: Mass { recycled.map(\.counted).sum }
  package var recycled: [Charge] { inputs.filter { $0.material.role == .recycled } }

  package func made(by route: OutputRoute) -> Mass {
    outputs.filter { $0.route == route }.map(\.mass).sum
  }

  /// The metal that the scrap charged for a secondary route contained.
  package func contained(for route: OutputRoute) -> Mass {
    recycled.filter { $0.route == route || ($0.route == nil && route == .recovered) }
      .map(\.chain.contained).sum
  }

  /// What it brings into sums, under the names that ``Definition`` reads.
  package var amounts: Amounts {
    var amounts = Amounts()
    for input in inputs where [.recycled, .primary].contains(input.material.role) {
      let origin = input.origin.map { ".\($0.rawValue)" } ?? ""
      amounts.add(input.counted, to: input.material.id + origin)
    }
    for input in recycled {
      guard let origin = input.origin?.rawValue else { continue }
      if input.route == .directMelt { amounts.add(input.counted, to: "direct_melt.\(origin)") }
      if metal == .aluminium { amounts.add(input.chain.recovered, to: "recovered.\(origin)") }
      // The content of a product that is known: without its mass there is no content to speak of.
      if product != nil { amounts.add(recycledContent(input), to: "content.\(origin)") }
    }
    for output in outputs { amounts.add(output.mass, to: "output.\(output.route.rawValue)") }
    for (name, mass) in [
      ("product", product ?? .zero), ("received", received), ("home_arising", homeArising),
      ("sold", sold),
    ] {
      amounts.add(mass, to: name)
    }
    return amounts
  }

  private func recycledContent(_ input: Charge) -> Mass {
    input.chain.yield == nil ? input.counted : input.chain.recovered
  }

  /// Recycled material of outside origin in the products (ISO 14021).
  package var externalContent: Mass {
    recycled.filter { $0.origin?.isExternal ?? false }.map(recycledContent).sum
  }
}

/// Scrap bought in a month, from one kind of source or one facility.
package struct Purchase: Sendable, Equatable {
  package let source: PurchaseSource
  /// The supplier, where it is in the ledger.
  package let facility: ID?
  package let mass: Mass

  package init?(_ fields: Fields) {
    let source = fields.word("source", as: PurchaseSource.self)
    facility = fields.id("facility_id", required: false)
    let mass = fields.mass("mass")
    fields.end()
    guard let source, let mass else { return nil }
    self.source = source
    self.mass = mass
  }

  package var json: JSON {
    .members([
      "source": .string(source.rawValue), "facility_id": facility?.json, "mass": mass.json,
    ])
  }
}

/// What left the site in a month, to one kind of destination or one facility.
package struct Shipment: Sendable, Equatable {
  package let destination: ShipmentDestination
  /// The recipient, where it is in the ledger.
  package let facility: ID?
  package let mass: Mass

  package init?(_ fields: Fields) {
    let destination = fields.word("destination", as: ShipmentDestination.self)
    facility = fields.id("facility_id", required: false)
    let mass = fields.mass("mass")
    fields.end()
    guard let destination, let mass else { return nil }
    self.destination = destination
    self.mass = mass
  }

  package var json: JSON {
    .members([
      "destination": .string(destination.rawValue), "facility_id": facility?.json,
      "mass": mass.json,
    ])
  }
}

/// What processing made, by grade. A by-product names its own metal.
package struct Product: Sendable, Equatable {
  /// A `grade_id` of the reference data, such as `GB/T 39733:SRS`.
  package let grade: String
  package let metal: Metal?
  package let mass: Mass

  package init?(_ fields: Fields) {
    let grade = fields.text("grade", maximum: 60)
    metal = fields.word("metal", required: false, as: Metal.self)
    let mass = fields.mass("mass")
    fields.end()
    guard let grade, let mass else { return nil }
    guard Reference.shared.grades.contains(grade) else {
      fields.wrong("grade", "there is no such grade; GET /registry/v1/reference/grades lists them")
      return nil
    }
    self.grade = grade
    self.mass = mass
  }

  package var json: JSON {
    .members(["grade": .string(grade), "metal": .text(metal?.rawValue), "mass": mass.json])
  }
}

/// One facility's month of one metal, clean mass (扣杂 already deducted). Two balances hold within
/// the tolerance: opening + purchased = shipped + residue + loss + closing, and
/// input = products + residue + loss. There is no balance per grade: grades change in processing.
package struct Throughput: MonthlyReport {
  package static let type = ReportType.throughput
  package static let periodMember = "month"

  package var facility: ID
  package let metal: Metal
  package let month: Month
  /// A nil return (零报告): nothing bought, processed or shipped; the stock lies as it lay.
  package let isNil: Bool
  package var opening: Mass
  package let openingReason: String?
  package var closing: Mass
  package let purchases: [Purchase]
  package let shipments: [Shipment]
  /// Mass put through processing (加工量): this is the throughput.
  package let input: Mass
  package let products: [Product]
  package let residue: Mass
  package let loss: Mass
  package let note: String?

  package init?(_ fields: Fields) {
    let facility = fields.id("facility_id")
    let metal = fields.word("metal", as: Metal.self)
    let month = fields.month("month")
    let isNil = fields.flag("nil")
    let moved = isNil == false
    let opening = fields.mass("opening", required: moved)
    openingReason = fields.text("opening_reason", required: false, maximum: 500)
    let closing = fields.mass("closing", required: moved)
    purchases = fields.list("purchases", as: Purchase.init)
    shipments = fields.list("shipments", as: Shipment.init)
    let input = fields.mass("input", required: moved)
    products = fields.list("products", as: Product.init)
    let residue = fields.mass("residue", required: false)
    let loss = fields.mass("loss", required: false)
    note = fields.text("note", required: false, maximum: 1000)
    fields.end()
    guard let facility, let metal, let month, let isNil else { return nil }
    self.facility = facility
    self.metal = metal
    self.month = month
    self.isNil = isNil
    self.opening = opening ?? .zero
    self.closing = closing ?? opening ?? .zero
    self.input = input ?? .zero
    self.residue = residue ?? .zero
    self.loss = loss ?? .zero
    if isNil { checkNil(fields) }
  }

  private func checkNil(_ fields: Fields) {
    if purchased > .zero { fields.wrong("purchases", "a nil return has none") }
    if shipped > .zero { fields.wrong("shipments", "a nil return has none") }
    if input > .zero { fields.wrong("input", "a nil return has none") }
    if produced > .zero { fields.wrong("products", "a nil return has none") }
    if residue + loss > .zero {
      fields.wrong("residue", "a nil return has neither residue nor loss")
    }
    if opening != closing {
      fields.wrong("closing", "must equal the opening stock in a nil return")
    }
  }

  package var series: Metal? { metal }
  package var period: Period { Period(month) }

  package var purchased: Mass { purchases.map(\.mass).sum }
  package var shipped: Mass { shipments.map(\.mass).sum }
  package var produced: Mass { products.map(\.mass).sum }
  /// Scrap that another processor has counted once already.
  package var fromProcessors: Mass {
    purchases.filter { $0.source == .otherProcessor }.map(\.mass).sum
  }

  /// What it brings into sums.
  package var amounts: Amounts {
    var amounts = Amounts()
    let toMills = shipments.filter { $0.destination == .mill }.map(\.mass).sum
    for (name, mass) in [
      (Sum.throughput, input), (Sum.fromProcessors, fromProcessors), (Sum.purchased, purchased),
      (Sum.shipped, shipped), (Sum.shippedToMills, toMills),
    ] {
      amounts.add(mass, to: name)
    }
    return amounts
  }

  package var members: [JSON.Member] {
    let object = JSON.members([
      "facility_id": facility.json, "metal": .string(metal.rawValue), "month": month.json,
      "nil": .bool(isNil), "opening": opening.json, "opening_reason": .text(openingReason),
      "purchases": .array(purchases.map(\.json)), "shipments": .array(shipments.map(\.json)),
      "input": input.json, "products": .array(products.map(\.json)), "residue": residue.json,
      "loss": loss.json, "closing": closing.json, "note": .text(note),
    ])
    guard case .object(let members) = object else { return [] }
    return members
  }
}

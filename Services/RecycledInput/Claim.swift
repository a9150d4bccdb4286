import Models

/// Recycled content that a mill claims for products of a quarter (ISO 22095, mass balance): metal of
/// recycled material from outside, after its yield. Credit is earned and used within the quarter; what
/// is not used lapses.
struct Claim: Sendable, Equatable {
  let facility: ID
  let metal: Metal
  let quarter: Quarter
  let mass: Mass
  /// The product, lot or declaration that it is claimed for.
  let reference: String?

  init?(_ fields: Fields) {
    let facility = fields.id("facility_id")
    let metal = fields.word("metal", as: Metal.self)
    let quarter = fields.quarter("quarter")
    let mass = fields.mass("mass")
    reference = fields.text("reference", required: false)
    fields.end()
    if mass == .zero { fields.wrong("mass", "must be more than nothing") }
    guard let facility, let metal, let quarter, let mass else { return nil }
    self.facility = facility
    self.metal = metal
    self.quarter = quarter
    self.mass = mass
  }

  init(_ claim: Claim, of facility: ID) {
    self.facility = facility
    metal = claim.metal
    quarter = claim.quarter
    mass = claim.mass
    reference = claim.reference
  }

  var members: [JSON.Member] {
    [
      .init("facility_id", facility.json), .init("metal", .string(metal.rawValue)),
      .init("quarter", quarter.json), .init("mass", mass.json),
    ] + (reference.map { [.init("reference", .string($0))] } ?? [])
  }
}

/// What a mill has earned and claimed of a metal in a quarter, in grams.
struct Credit: Sendable, Equatable {
  let earned: Int64
  let claimed: Int64

  var left: Int64 { earned - claimed }

  /// What a report earns: recycled input of outside origin × yield.
  static func earned(by report: RecycledInputReport) -> Int64 {
    report.recycled.filter { $0.origin?.isExternal ?? false }.map(\.chain.recovered).sum.grams
  }

  var members: [JSON.Member] {
    let mass = { (grams: Int64) in Mass.json(grams: Int128(grams)) }
    return [
      .init("credit", mass(earned)), .init("claimed", mass(claimed)), .init("left", mass(left)),
    ]
  }

  /// - Throws: ``Problem`` `conflict`, with what there is.
  func demand(_ mass: Mass) throws(Problem) {
    guard mass.grams <= left else {
      throw Problem(
        .conflict,
        "The quarter's credit is not enough: \(Mass.tonnes(Int128(left))) t are left. Credit is input of outside origin times its yield, and lapses with the quarter.",
        extra: members)
    }
  }
}

extension Fields {
  func quarter(_ name: String) -> Quarter? {
    guard let text = text(name, maximum: 6) else { return nil }
    guard let quarter = Quarter(text) else {
      wrong(name, "a quarter such as 2026Q1 is expected, within the ledger's months")
      return nil
    }
    return quarter
  }
}

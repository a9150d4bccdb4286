/// One facility's month of hydrogen: opening + supplied = used + sold + vented + closing, within the
/// tolerance. By-product hydrogen that is vented is not used.
package struct HydrogenReport: MonthlyReport {
  package static let type = ReportType.hydrogenUse
  package static let periodMember = "month"
  package static let mostCertificates = 500

  package var facility: ID
  package let month: Month
  package let isNil: Bool
  package var opening: Mass
  package let openingReason: String?
  package let supplies: [HydrogenSupply]
  package let uses: [HydrogenUsed]
  /// Vented or flared.
  package let vented: Mass
  package var closing: Mass
  package let note: String?

  package init?(_ fields: Fields) {
    let facility = fields.id("facility_id")
    let month = fields.month("month")
    let isNil = fields.flag("nil")
    let moved = isNil == false
    let opening = fields.mass("opening", required: moved)
    openingReason = fields.text("opening_reason", required: false, maximum: 500)
    supplies = fields.list("supplies", as: HydrogenSupply.init)
    uses = fields.list("uses", as: HydrogenUsed.init)
    vented = fields.mass("vented", required: false) ?? .zero
    let closing = fields.mass("closing", required: moved)
    note = fields.text("note", required: false, maximum: 1000)
    fields.end()
    guard let facility, let month, let isNil else { return nil }
    self.facility = facility
    self.month = month
    self.isNil = isNil
    self.opening = opening ?? .zero
    self.closing = closing ?? opening ?? .zero
    if certificates.count > Self.mostCertificates {
      fields.wrong("supplies", "may have \(Self.mostCertificates) certificates at most together")
    }
    if Set(certificates.map { $0.id.uppercased() }).count < certificates.count {
      fields.wrong("supplies", "a certificate stands twice")
    }
    if isNil { checkNil(fields) }
  }

  private func checkNil(_ fields: Fields) {
    if !supplies.isEmpty { fields.wrong("supplies", "a nil return has none") }
    if !uses.isEmpty { fields.wrong("uses", "a nil return has none") }
    if vented > .zero { fields.wrong("vented", "a nil return has none") }
    if opening != closing {
      fields.wrong("closing", "must equal the opening stock in a nil return")
    }
  }

  package var series: Metal? { nil }
  package var period: Period { Period(month) }

  package var members: [JSON.Member] {
    let object = JSON.members([
      "facility_id": facility.json, "month": month.json, "nil": .bool(isNil),
      "opening": opening.json, "opening_reason": .text(openingReason),
      "supplies": .array(supplies.map(\.json)), "uses": .array(uses.map(\.json)),
      "vented": vented.json, "closing": closing.json, "note": .text(note),
    ])
    guard case .object(let members) = object else { return [] }
    return members
  }

  package var supplied: Mass { supplies.map(\.quantity.mass).sum }
  package var sold: Mass { uses.filter { $0.use == .sold }.map(\.mass).sum }
  package var used: Mass { uses.filter { $0.use != .sold }.map(\.mass).sum }

  /// Each certificate with the pointer of its place.
  package var certificates: [(id: String, pointer: String)] {
    supplies.enumerated().flatMap { line, supply in
      supply.certificates.enumerated().map { ($1, "/supplies/\(line)/certificates/\($0)") }
    }
  }

  /// What it brings into sums: hydrogen supplied by route, source, scheme and class, and used by use.
  /// Each line is classed by itself and then summed; the classes of each scheme add up to all.
  package var amounts: Amounts {
    var amounts = Amounts()
    for supply in supplies {
      let mass = supply.quantity.mass
      let from = "\(supply.route.rawValue).\(supply.source.rawValue)"
      for (scheme, name) in supply.classes {
        amounts.add(mass, to: "supplied.\(from).\(scheme).\(name)")
      }
    }
    for one in uses { amounts.add(one.mass, to: "use.\(one.use.rawValue)") }
    amounts.add(vented, to: "vented")
    return amounts
  }
}

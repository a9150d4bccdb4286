import Models
import Reporting
import ServiceKit
import Storage

/// The columns of a facility in a bulk file, and their JSON form.
enum FacilityRow {
  /// Capacity columns in kt a year: name, process, metal.
  private static let capacities: [(String, ProductionProcess, Metal)] = [
    ("crude_steel_ktpa", .crudeSteel, .steel), ("bof_ktpa", .bof, .steel),
    ("eaf_ktpa", .electricFurnace, .steel), ("other_steel_ktpa", .otherSteel, .steel),
    ("iron_ktpa", .iron, .steel), ("bf_ktpa", .blastFurnace, .steel),
    ("dri_ktpa", .directReduction, .steel), ("scrap_steel_ktpa", .scrapProcessing, .steel),
    ("scrap_copper_ktpa", .scrapProcessing, .copper),
    ("scrap_aluminium_ktpa", .scrapProcessing, .aluminium),
  ]

  /// Empty columns are absent.
  @Sendable static func json(_ columns: [String: String]) -> JSON {
    .object(
      columns.sorted { $0.key < $1.key }.compactMap { name, value in
        let text = value.trimmingSpace
        return text.isEmpty ? nil : .init(name, .string(text))
      })
  }

  /// A row: the organisation it belongs to and the facility, still without the organisation's id.
  struct Draft {
    let organisation: Organisation
    let facility: JSON
  }

  static func draft(_ fields: Fields) -> Draft? {
    let scheme = fields.text("organisation_scheme", maximum: 40)
    let value = fields.text("organisation_value")
    let name = fields.text("organisation_name")
    let group = fields.text("organisation_group", required: false)
    let facility = facility(fields)
    fields.end()
    guard let scheme, let value, let name else { return nil }
    guard let identifier = try? Identifier(scheme: scheme, value: value) else {
      fields.wrong("organisation_value", "is no valid \(scheme) identifier")
      return nil
    }
    return Draft(
      organisation: Organisation(identifier: identifier, name: name, ownershipGroup: group),
      facility: facility)
  }

  private static func facility(_ fields: Fields) -> JSON {
    let text = { (name: String) in JSON.text(fields.text(name, required: false)) }
    let number = { (name: String) in
      fields.text(name, required: false).map { JSON.number($0) }
    }
    let flag = fields.word("demonstration", required: false, as: Flag.self)
    return .members([
      "name": text("name"), "local_name": text("local_name"),
      "identifier": .members([
        "scheme": text("identifier_scheme"), "value": text("identifier_value"),
      ]),
      "roles": .array(
        (fields.text("roles", required: false) ?? "").split(separator: "|").map {
          .string(String($0))
        }),
      "location": .members([
        "country": text("country"), "province": text("province"), "authority": text("authority"),
        "subdivision": text("subdivision"), "municipality": text("municipality"),
        "latitude": number("latitude"), "longitude": number("longitude"),
      ]),
      "opened_on": text("opened_on"), "closed_on": text("closed_on"),
      "capacities": .array(capacities.compactMap { capacity(fields, $0) }),
      "demonstration": .bool(flag == .yes),
    ])
  }

  private enum Flag: String, CaseIterable {
    case yes = "true"
    case no = "false"
  }

  private static func capacity(_ fields: Fields, _ column: (String, ProductionProcess, Metal))
    -> JSON?
  {
    guard let value = fields.text(column.0, required: false, maximum: 30) else { return nil }
    return .members([
      "process": .string(column.1.rawValue), "metal": .string(column.2.rawValue),
      "per_year": .members(["value": .string(value), "unit": "kt"]),
    ])
  }
}

/// Stores the rows of a bulk request for facilities: natural key is the facility's identifier.
struct FacilityImport: Sendable {
  let store: RegistryStore
  let actor: Actor
  let confirmed: Bool

  func store(_ rows: [BulkRow]) async throws -> [BulkOutcome] {
    try await store.database.write { connection in
      try rows.map { row in
        do {
          return try connection.savepoint { try take(row.content.get(), on: connection) }
        } catch let problem as Problem {
          return .refused(problem)
        }
      }
    }
  }

  private func take(_ row: JSON, on connection: Connection) throws -> BulkOutcome {
    let draft = try Fields.read(row, as: FacilityRow.draft)
    let organisation = try organisation(draft.organisation, on: connection)
    let facility = try read(draft.facility, of: organisation, keeping: nil)
    guard let identifier = facility.identifier else {
      throw Problem.field("/identifier_value", "a bulk row needs an identifier: it is its key")
    }
    guard let old = try store.facility(identifier, on: connection) else {
      let (stored, _) = try store.register(
        facility, confirmed: confirmed, by: actor.name, on: connection)
      return .created(stored.id)
    }
    // It was merged into another, which speaks for it now.
    if old.facility.identifier != identifier { return .unchanged(old.id) }
    let kept = try read(draft.facility, of: organisation, keeping: old.facility)
    if kept == old.facility { return .unchanged(old.id) }
    _ = try store.change(old, to: kept, confirmed: confirmed, by: actor.name, on: connection)
    return .revised(old.id)
  }

  private func organisation(_ organisation: Organisation, on connection: Connection) throws -> ID {
    if let known = try store.organisation(organisation.identifier, on: connection) {
      return known.id
    }
    return try store.register(organisation, by: actor.name, on: connection).0.id
  }

  /// What a row cannot say stays as it is: designations, obligations, and capacities with dates.
  private func read(_ json: JSON, of organisation: ID, keeping old: Facility?) throws -> Facility {
    guard case .object(let members) = json else { throw Problem.field("", "a row is expected") }
    var kept: [JSON.Member] = [
      .init("organisation_id", organisation.json),
      .init("designations", .array(old?.designations.map(\.json) ?? [])),
      .init("obligations", .array(old?.obligations.map(\.json) ?? [])),
    ]
    var said = members
    if let old, old.capacities.contains(where: { $0.from != nil || $0.to != nil }) {
      said.removeAll { $0.name == "capacities" }
      kept.append(.init("capacities", .array(old.capacities.map(\.json))))
    }
    return try Fields.read(.object(said + kept), as: Facility.init)
  }
}

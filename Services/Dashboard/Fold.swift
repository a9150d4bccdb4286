import Journal
import Models
import Storage

/// Folds the journals of all sources into the read model, each when it comes: what joins them is
/// derived from the facts that are there, so the order in which sources arrive does not matter. A
/// batch's changes to cells are gathered and
/// stored once per cell.
struct Fold {
  private var changes: [CellKey: Cell] = [:]
  /// Of this page's reports, what facility each counts for.
  private var roots: [String: String] = [:]
  /// Of those, whether others were merged into it.
  private var survivors: [String: Bool] = [:]
  /// Of this page's organisations, the facilities with a blast furnace.
  private var enterprises: [ID: [Facility]] = [:]
  private let connection: Connection
  private let readings: Readings<Facility>

  private static let months = Month.first...Month.last

  /// Applies a page of entries inside the follower's transaction.
  static func apply(
    _ entries: [Followed], readings: Readings<Facility> = Readings(limit: 1000),
    on connection: Connection
  ) throws {
    var fold = Fold(connection: connection, readings: readings)
    for entry in entries { try fold.take(entry) }
    for (key, cell) in fold.changes where cell != .zero {
      try ReadModelStore.add(cell, to: key, on: connection)
    }
  }

  private init(connection: Connection, readings: Readings<Facility>) {
    self.connection = connection
    self.readings = readings
  }

  private mutating func root(_ facility: String) throws -> String {
    if let known = roots[facility] { return known }
    let root = try ReadModelStore.root(facility, on: connection)
    roots[facility] = root
    return root
  }

  private func facility(of id: String) throws -> Facility? {
    try ReadModelStore.facility(id, readings: readings, on: connection)
  }

  private mutating func take(_ entry: Followed) throws {
    switch entry.type {
    case .organisationRegistered, .organisationChanged:
      try ReadModelStore.store(
        organisation: entry.subject, name: entry.data["name"]?.text ?? "", on: connection)
    case .facilityRegistered, .facilityChanged: try facility(entry)
    case .facilityMerged: try merge(entry)
    case .qualificationRecorded:
      try ReadModelStore.store(
        try QualificationRecord(event: entry.data), position: entry.position,
        at: entry.recordedAt, on: connection)
    case .throughputReported, .throughputRevised: try report(.throughput, entry)
    case .recycledInputReported, .recycledInputRevised: try report(.recycledInput, entry)
    case .hydrogenUseReported, .hydrogenUseRevised: try report(.hydrogenUse, entry)
    case .throughputWithdrawn, .recycledInputWithdrawn, .hydrogenUseWithdrawn: try withdraw(entry)
    // What is proposed does not count, and a review changes no figure.
    case .reportReviewed, .revisionProposed, .claimAccepted, .journalStarted, .credentialIssued,
      .credentialRevoked,
      .keyPublished, .keyRevoked, nil:
      return
    }
  }

  private mutating func facility(_ entry: Followed) throws {
    let body = entry.data.without("id", "version")
    let old = try facility(of: entry.subject)
    let new = try Fields.read(body, as: Facility.init)
    // A blast furnace makes all steel of its enterprise long-process steel.
    var affected: Set = [entry.subject]
    let furnaces = old?.blastFurnaces ?? []
    if furnaces != new.blastFurnaces
      || (old?.organisation != new.organisation && !furnaces.isEmpty)
    {
      for organisation in Set([old?.organisation, new.organisation].compactMap(\.self)) {
        affected.formUnion(try ReadModelStore.facilities(of: organisation.text, on: connection))
      }
    }
    for id in affected { try share(of: id, sign: -) }
    try ReadModelStore.store(
      facility: entry.subject, organisation: new.organisation.text, body: body,
      position: entry.position, at: entry.recordedAt, on: connection)
    enterprises = [:]
    for id in affected { try share(of: id, sign: { $0 }) }
  }

  private mutating func merge(_ entry: Followed) throws {
    guard let survivor = entry.data["survivor"]?.text, let absorbed = entry.data["absorbed"]?.text
    else { return }
    var affected: Set = [survivor]
    if let gone = try facility(of: absorbed), !gone.blastFurnaces.isEmpty {
      affected.formUnion(
        try ReadModelStore.facilities(of: gone.organisation.text, on: connection))
    }
    for id in affected.union([absorbed]) { try share(of: id, sign: -) }
    try ReadModelStore.store(
      merge: absorbed, into: survivor, at: entry.recordedAt, on: connection)
    roots = [:]
    survivors = [:]
    enterprises = [:]
    for id in affected where id != absorbed { try share(of: id, sign: { $0 }) }
  }

  /// Adds or takes away all that a facility brings: capacity, obligations, reports.
  private mutating func share(of id: String, sign: (Cell) -> Cell) throws {
    guard let facility = try facility(of: id) else { return }
    for (key, cell) in FacilityShare.cells(facility, in: Self.months) {
      changes[key, default: .zero] += sign(cell)
    }
    let facts = try ReadModelStore.reports(of: id, on: connection)
    for fact in ReportFact.counting(facts, of: id) { try add(fact, of: facility, sign: sign) }
  }

  private mutating func add(_ fact: ReportFact, of facility: Facility, sign: (Cell) -> Cell) throws
  {
    let shares = try fact.share(of: facility) {
      try !enterprise(facility.organisation).contains { $0.hasBlastFurnace(in: fact.period) }
    }
    for (key, cell) in shares { changes[key, default: .zero] += sign(cell) }
  }

  /// The facilities of an organisation that stand for themselves and have a blast furnace.
  private mutating func enterprise(_ organisation: ID) throws -> [Facility] {
    if let known = enterprises[organisation] { return known }
    let found = try ReadModelStore.facilities(of: organisation.text, on: connection)
      .compactMap { try facility(of: $0) }.filter { !$0.blastFurnaces.isEmpty }
    enterprises[organisation] = found
    return found
  }

  private mutating func report(_ type: ReportType, _ entry: Followed) throws {
    let revision = entry.data["revision"]?.int ?? 1
    guard let id = ID(entry.subject) else { return }
    let fact = try ReportFact(id, type, event: entry.data)
    let old = revision > 1 ? try ReadModelStore.report(entry.subject, on: connection) : nil
    try change(from: old?.0, to: fact) { connection in
      if old != nil {
        try ReadModelStore.supersede(report: entry.subject, at: entry.recordedAt, on: connection)
      }
      try ReadModelStore.store(
        fact, revision: Int64(revision), position: entry.position, at: entry.recordedAt,
        first: old?.first ?? entry.recordedAt, on: connection)
    }
  }

  /// Changes one report. Where facilities were merged into the one it counts for, which of their
  /// reports count may change with it: all that this one brings is then added up anew. A revision
  /// may name the survivor of a merge that is not known here yet.
  private mutating func change(
    from old: ReportFact?, to new: ReportFact?, _ store: (Connection) throws -> Void
  ) throws {
    let (oldRoot, newRoot) = (
      try old.map { try root($0.facility.text) }, try new.map { try root($0.facility.text) }
    )
    let merged = try Set([oldRoot, newRoot].compactMap(\.self)).filter { try isSurvivor($0) }
    for root in merged { try share(of: root, sign: -) }
    if let old, let oldRoot, !merged.contains(oldRoot), let facility = try facility(of: oldRoot) {
      try add(old, of: facility, sign: -)
    }
    try store(connection)
    if let new, let newRoot, !merged.contains(newRoot), let facility = try facility(of: newRoot) {
      try add(new, of: facility, sign: { $0 })
    }
    for root in merged { try share(of: root, sign: { $0 }) }
  }

  private mutating func isSurvivor(_ root: String) throws -> Bool {
    if let known = survivors[root] { return known }
    let isSurvivor = try ReadModelStore.isSurvivor(root, on: connection)
    survivors[root] = isSurvivor
    return isSurvivor
  }

  private mutating func withdraw(_ entry: Followed) throws {
    guard let old = try ReadModelStore.report(entry.subject, on: connection)?.0 else { return }
    try change(from: old, to: nil) {
      try ReadModelStore.supersede(report: entry.subject, at: entry.recordedAt, on: $0)
    }
  }
}

extension JSON {
  /// The object without some of its members.
  func without(_ names: String...) -> JSON {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { !names.contains($0.name) })
  }
}

extension QualificationRecord {
  /// Reads the data of a journal's event.
  init(event data: JSON) throws {
    guard let facility = data["facility_id"]?.text.flatMap(ID.init) else {
      throw Problem(.internalError, "A qualification event names no facility.")
    }
    self = try Fields.read(data.without("id", "facility_id", "evaluation")) {
      QualificationRecord($0, facility: facility)
    }
  }
}

import Journal
import Models
import Storage
import Synchronization

/// Folds the journals of all sources into the read model, each when it comes: what joins them is
/// derived from the facts that are there, so the order in which sources arrive does not matter. A
/// page's changes to sums are gathered and stored once per sum.
struct Fold {
  private var changes: [CellKey: Cell] = [:]
  private var standing: [Place: Standing] = [:]
  private let known: KnownFacilities
  private let connection: Connection

  private struct Place: Hashable {
    let series: Series
    let place: String
  }

  /// What is known of facilities, from page to page.
  final class Memory: Sendable {
    fileprivate let facilities = Mutex<(position: Int64, memory: KnownFacilities.Memory)?>(nil)
  }

  /// Applies a page of entries inside the follower's transaction.
  static func apply(
    _ entries: [Followed], memory: Memory = Memory(), on connection: Connection
  ) throws {
    let position = try ReadModelStore.facilitiesPosition(on: connection)
    let kept = memory.facilities.withLock { $0 }
    // What was kept is of another state where its page was not committed, or another replica has
    // applied one.
    let start = kept.flatMap { $0.position == position ? $0.memory : nil }
    let known = KnownFacilities(memory: start ?? .init(), on: connection)
    var fold = Fold(connection: connection, known: known)
    for entry in entries { try fold.take(entry) }
    for (key, cell) in fold.changes where !cell.isEmpty {
      try ReadModelStore.add(cell, to: key, on: connection)
    }
    for (place, sums) in fold.standing where sums != .zero {
      try ReadModelStore.add(sums, to: place.series, at: place.place, on: connection)
    }
    let end = try ReadModelStore.facilitiesPosition(on: connection)
    memory.facilities.withLock { $0 = (end, known.memory) }
  }

  private init(connection: Connection, known: KnownFacilities) {
    self.connection = connection
    self.known = known
  }

  private mutating func take(_ entry: Followed) throws {
    switch entry.type {
    case .organisationRegistered, .organisationChanged:
      try ReadModelStore.store(
        organisation: entry.subject, name: entry.data["name"]?.text ?? "",
        group: entry.data["ownership_group"]?.text, position: entry.position,
        at: entry.recordedAt, on: connection)
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
    case .reportReviewed: try review(entry)
    // What is proposed does not count.
    case .revisionProposed, .claimAccepted, .journalStarted, .credentialIssued,
      .credentialRevoked, .keyPublished, .keyRevoked, .editionAdopted, .headlineChosen,
      .publicationMade, nil:
      return
    }
  }

  private mutating func facility(_ entry: Followed) throws {
    let body = entry.data.without("id", "version")
    let old = try known.facility(entry.subject)
    let new = try Fields.read(body, as: Facility.init)
    // A blast furnace makes all steel of its enterprise long-process steel.
    var affected: Set = [entry.subject]
    let furnaces = old?.blastFurnaces ?? []
    if furnaces != new.blastFurnaces
      || (old?.organisation != new.organisation && !furnaces.isEmpty)
    {
      for organisation in Set([old?.organisation, new.organisation].compactMap(\.self)) {
        affected.formUnion(try known.facilities(of: organisation))
      }
    }
    for id in affected { try share(of: id, -1) }
    try ReadModelStore.store(
      facility: entry.subject, organisation: new.organisation.text, body: body,
      position: entry.position, at: entry.recordedAt, on: connection)
    known.forget(entry.subject)
    for id in affected { try share(of: id, 1) }
  }

  private mutating func merge(_ entry: Followed) throws {
    guard let survivor = entry.data["survivor"]?.text, let absorbed = entry.data["absorbed"]?.text
    else { return }
    var affected: Set = [survivor]
    if let gone = try known.facility(absorbed), !gone.blastFurnaces.isEmpty {
      affected.formUnion(try known.facilities(of: gone.organisation))
    }
    for id in affected.union([absorbed]) { try share(of: id, -1) }
    try ReadModelStore.store(
      merge: absorbed, into: survivor, position: entry.position, at: entry.recordedAt,
      on: connection)
    known.forgetMerges()
    for id in affected where id != absorbed { try share(of: id, 1) }
  }

  /// Adds or takes away all that a facility brings: capacity, obligations, reports.
  private mutating func share(of id: String, _ sign: Int64) throws {
    guard let facility = try known.facility(id) else { return }
    for series in Standing.series(facility) {
      standing[Place(series: series, place: facility.place), default: .zero]
        .add(Standing(facility, series), sign)
    }
    let facts = try ReadModelStore.reports(of: try known.members(of: id), on: connection)
    for fact in ReportFact.counting(facts, of: id) { try add(fact, of: facility, sign) }
  }

  private mutating func add(_ fact: ReportFact, of facility: Facility, _ sign: Int64) throws {
    let shares = try fact.share(of: facility) {
      try known.isShortProcess(facility.organisation, in: fact.period)
    }
    for (key, cell) in shares { changes[key, default: .zero] += sign < 0 ? -cell : cell }
  }

  private mutating func report(_ type: ReportType, _ entry: Followed) throws {
    let revision = Int64(entry.data["revision"]?.int ?? 1)
    guard let id = ID(entry.subject) else { return }
    let old = revision > 1 ? try ReadModelStore.report(entry.subject, on: connection) : nil
    let fact = try ReportFact(
      id, type, event: entry.data, revision: revision, first: old?.first ?? entry.recordedAt)
    try change(from: old, to: fact) { connection in
      if old != nil {
        try ReadModelStore.supersede(report: entry.subject, at: entry.recordedAt, on: connection)
      }
      try ReadModelStore.store(
        fact, position: entry.position, at: entry.recordedAt, on: connection)
    }
  }

  /// Changes one report. Where facilities were merged into the one it counts for, which of their
  /// reports count may change with it: all that this one brings is then added up anew. A revision
  /// may name the survivor of a merge that is not known here yet.
  private mutating func change(
    from old: ReportFact?, to new: ReportFact?, _ store: (Connection) throws -> Void
  ) throws {
    let (oldRoot, newRoot) = (
      try old.map { try known.root($0.facility.text) },
      try new.map { try known.root($0.facility.text) }
    )
    let merged = try Set([oldRoot, newRoot].compactMap(\.self)).filter { try known.isSurvivor($0) }
    for root in merged { try share(of: root, -1) }
    if let old, let oldRoot, !merged.contains(oldRoot), let facility = try known.facility(oldRoot) {
      try add(old, of: facility, -1)
    }
    try store(connection)
    if let new, let newRoot, !merged.contains(newRoot), let facility = try known.facility(newRoot) {
      try add(new, of: facility, 1)
    }
    for root in merged { try share(of: root, 1) }
  }

  private mutating func withdraw(_ entry: Followed) throws {
    guard let old = try ReadModelStore.report(entry.subject, on: connection) else { return }
    try change(from: old, to: nil) {
      try ReadModelStore.supersede(report: entry.subject, at: entry.recordedAt, on: $0)
    }
  }

  /// A review changes no mass: a locked report is counted as such.
  private mutating func review(_ entry: Followed) throws {
    guard entry.data["state"]?.text == ReviewState.locked.rawValue,
      let old = try ReadModelStore.report(entry.subject, on: connection), !old.isLocked
    else { return }
    var new = old
    new.isLocked = true
    try change(from: old, to: new) {
      try ReadModelStore.lock(report: entry.subject, at: entry.recordedAt, on: $0)
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

import Models
import Storage

/// The facilities and organisations as they were known at a moment, read when they are asked for,
/// and what ids they stand for after merges. It belongs to one read or write of the database.
final class KnownFacilities {
  /// What was read already. Of now, it stays true as long as no facility changes.
  struct Memory: Sendable {
    fileprivate var facilities: [String: Facility] = [:]
    fileprivate var furnaces: [ID: [Facility]] = [:]
    fileprivate var merges: [String: String]?
    fileprivate var isWhole = false
  }

  /// An organisation's name and the group that it is counted with.
  struct Owner: Sendable {
    let name: String
    let group: String
  }

  /// What bodies say, for all reads: a version's body never changes.
  private static let readings = Readings<Facility>(limit: 20_000)
  private static let most = 20_000

  private(set) var memory: Memory
  private var owners: [ID: Owner]?
  private let moment: Int64
  private let connection: Connection

  /// - Parameter moment: nil stands for now.
  init(asOf moment: Instant? = nil, memory: Memory = Memory(), on connection: Connection) {
    self.moment = moment?.milliseconds ?? ReadModelStore.never - 1
    self.memory = memory
    self.connection = connection
  }

  private static let known = "recorded_at <= $1 AND superseded_at > $1"

  // MARK: Merges

  private var merges: [String: String] {
    get throws {
      if let merges = memory.merges { return merges }
      let rows = try connection.query(
        "SELECT absorbed, survivor FROM facility_merge WHERE recorded_at <= $1", [.int(moment)])
      let merges = Dictionary(
        uniqueKeysWithValues: try rows.map { (try $0.text("absorbed"), try $0.text("survivor")) })
      memory.merges = merges
      return merges
    }
  }

  /// The ids that are one with others.
  var merged: Set<String> {
    get throws { Set(try merges.flatMap { [$0.key, $0.value] }) }
  }

  func root(_ id: String) throws -> String {
    let merges = try merges
    var root = id
    while let next = merges[root] { root = next }
    return root
  }

  /// A facility that stands for itself and those merged into it.
  func members(of root: String) throws -> [String] {
    let merges = try merges
    var members = [root]
    var next = 0
    while next < members.count {
      let survivor = members[next]
      members += merges.filter { $0.value == survivor }.keys
      next += 1
    }
    return members
  }

  /// Whether others were merged into it.
  func isSurvivor(_ id: String) throws -> Bool { try merges.values.contains(id) }

  // MARK: Facilities

  func facility(_ id: String) throws -> Facility? {
    if let known = memory.facilities[id] { return known }
    if memory.isWhole { return nil }
    let row = try connection.first(
      "SELECT facility_id, position, body FROM facility_version WHERE \(Self.known) AND facility_id = $2",
      [.int(moment), .text(id)])
    guard let found = try row.map(Self.read) else { return nil }
    if memory.facilities.count >= Self.most { memory.facilities = [:] }
    memory.facilities[id] = found
    return found
  }

  /// All facilities, each under its own id.
  var all: [String: Facility] {
    get throws {
      if memory.isWhole { return memory.facilities }
      let rows = try connection.query(
        "SELECT facility_id, position, body FROM facility_version WHERE \(Self.known)",
        [.int(moment)])
      memory.facilities = Dictionary(
        uniqueKeysWithValues: try rows.map { (try $0.text("facility_id"), try Self.read($0)) })
      memory.isWhole = true
      return memory.facilities
    }
  }

  /// The facilities that stand for themselves.
  var roots: [(id: String, facility: Facility)] {
    get throws {
      let merges = try merges
      return try all.filter { merges[$0.key] == nil }.map { ($0.key, $0.value) }
    }
  }

  private static func read(_ row: Row) throws -> Facility {
    try readings.model("\(row.text("facility_id")) \(row.int("position"))", row.text("body")) {
      try Fields.read(Array($0.utf8), as: Facility.init)
    }
  }

  // MARK: Enterprises

  /// The ids of an organisation's facilities that stand for themselves.
  func facilities(of organisation: ID) throws -> [String] {
    let merges = try merges
    return try connection.query(
      "SELECT facility_id FROM facility_version WHERE \(Self.known) AND organisation_id = $2",
      [.int(moment), .text(organisation.text)]
    ).map { try $0.text("facility_id") }.filter { merges[$0] == nil }
  }

  /// Whether no facility of the enterprise has a blast furnace in a period.
  func isShortProcess(_ organisation: ID, in period: Period) throws -> Bool {
    try !furnaces(organisation).contains { $0.hasBlastFurnace(in: period) }
  }

  private func furnaces(_ organisation: ID) throws -> [Facility] {
    if let known = memory.furnaces[organisation] { return known }
    let found = try facilities(of: organisation).compactMap(facility)
      .filter { !$0.blastFurnaces.isEmpty }
    if memory.furnaces.count >= Self.most { memory.furnaces = [:] }
    memory.furnaces[organisation] = found
    return found
  }

  func hasGroup(_ name: String) throws -> Bool {
    try allOwners.values.contains { $0.group == name }
  }

  func owner(_ organisation: ID) throws -> Owner {
    try allOwners[organisation] ?? Owner(name: "", group: "")
  }

  private var allOwners: [ID: Owner] {
    get throws {
      if let owners { return owners }
      let rows = try connection.query(
        "SELECT organisation_id, name, ownership_group FROM organisation_version WHERE \(Self.known)",
        [.int(moment)])
      let found = Dictionary(
        uniqueKeysWithValues: try rows.compactMap { row -> (ID, Owner)? in
          guard let id = ID(try row.text("organisation_id")) else { return nil }
          return (
            id, Owner(name: try row.text("name"), group: try row.text("ownership_group"))
          )
        })
      owners = found
      return found
    }
  }

  // MARK: Changes

  /// A facility has changed.
  func forget(_ id: String) {
    memory.facilities[id] = nil
    memory.furnaces = [:]
    memory.isWhole = false
  }

  /// Two facilities were merged.
  func forgetMerges() {
    memory.merges = nil
    memory.furnaces = [:]
  }
}

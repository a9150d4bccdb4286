import Journal
import Models
import Reporting
import ServiceKit
import Storage

extension RegistryStore {
  /// Merges one facility into another: its reports and its qualification move, its id goes on
  /// naming the survivor.
  /// - Throws: ``Problem`` `conflict`, naming what both have.
  func merge(
    _ absorbed: StoredFacility, into survivor: StoredFacility, reason: String, by actor: String,
    on connection: Connection
  ) throws -> Journal.Place {
    let both: [Value] = [.text(survivor.id.text), .text(absorbed.id.text)]
    try refuseDoubleReports(both, on: connection)
    let metals = try connection.query(
      """
      SELECT DISTINCT a.metal FROM qualification a JOIN qualification b ON b.metal = a.metal
      WHERE a.facility_id = $1 AND b.facility_id = $2
      """, both)
    guard metals.isEmpty else {
      throw Problem(
        .conflict,
        "Both have a qualification for \(try metals.map { try $0.text("metal") }.joined(separator: ", ")): they cannot be one."
      )
    }
    for table in ["report", "qualification"] {
      try connection.execute("UPDATE \(table) SET facility_id = $1 WHERE facility_id = $2", both)
    }
    try connection.execute(
      "UPDATE facility SET merged_into = $1 WHERE id = $2 OR merged_into = $2", both)
    return try journal.append(
      Event(
        .facilityMerged, subject: survivor.id.text, actor: actor,
        data: .members([
          "survivor": survivor.id.json, "absorbed": absorbed.id.json, "reason": .string(reason),
        ])), on: connection)
  }

  private func refuseDoubleReports(_ both: [Value], on connection: Connection) throws {
    let doubles = try connection.query(
      """
      SELECT a.series, a.month FROM report a
      JOIN report b ON b.series = a.series AND b.month = a.month
      WHERE a.facility_id = $1 AND b.facility_id = $2
        AND a.status <> 'withdrawn' AND b.status <> 'withdrawn' ORDER BY a.month LIMIT 20
      """, both)
    guard doubles.isEmpty else {
      let months = try doubles.map {
        "\(try $0.text("series")) \(Month(number: Int(try $0.int("month"))))"
      }
      throw Problem(
        .conflict,
        "Both reported \(months.joined(separator: ", ")): withdraw one report of each month first, so that no tonne counts twice."
      )
    }
  }
}

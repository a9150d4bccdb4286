import Foundation
import Models
import Testing

/// An organisation of a group of its own with a facility of each kind in one province. Each owes
/// 2025-03 and 2025-04, and has reported the first of them.
struct Estate: Sendable {
  let organisation: String
  let group: String
  let reporter: Caller
  let facilities: [ReportKind: String]
  let reports: [ReportKind: String]
  /// Where the dashboard must be to know all of this.
  let positions: [String?]
  /// What nobody may read who does not see it, the group's name besides.
  let marks: [String]

  /// What each mill charged in 2025-03, in tonnes.
  static let charged = 5000

  init(in province: String, by caller: Caller) async throws {
    group = "Group-\(UUID().uuidString)"
    organisation = try await caller.post(
      "organisations", Sample.organisation().with("ownership_group", .string(group))
    ).id
    reporter = try await caller.issue("reporter@organisation:\(organisation)")
    var facilities: [ReportKind: String] = [:]
    var reports: [ReportKind: String] = [:]
    var positions: [String?] = []
    var marks = [organisation]
    for kind in ReportKind.allCases {
      let metal: String? = kind == .hydrogenUse ? nil : "steel"
      let name = UUID().uuidString
      var site = Sample.site(
        organisation, kind.role, province: province,
        owes: [Sample.owed(kind, metal: metal, from: "2025-03", to: "2025-04")]
      ).with("name", .string(name))
      if kind == .throughput {
        site = site.with("capacities", .array([Sample.processing(Sample.mass("300", "kt"))]))
      }
      let facility = try await caller.register(site, for: kind)
      let report = try await reporter.accepted(kind.month(facility, "2025-03"), to: kind)
      let id = try report.id
      facilities[kind] = facility
      reports[kind] = id
      positions.append(report.position)
      marks += [name, facility, id]
      if kind == .throughput {
        positions.append(try await caller.qualify(facility, of: reporter))
      }
    }
    self.facilities = facilities
    self.reports = reports
    self.positions = positions
    self.marks = marks
  }
}

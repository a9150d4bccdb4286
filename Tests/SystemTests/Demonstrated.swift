import Models
import Reporting

@testable import HydrogenUse
@testable import RecycledInput
@testable import RemeltCLI

/// Rules that judge a report by itself, its facility, and the stock before it.
protocol Judging: Rulebook {
  func judged(
    _ report: Report, of facility: Facility, after previousClosing: Mass?, today: Day
  ) -> CommonRules<Report>
}

extension InputRules: Judging {}
extension HydrogenRules: Judging {}

/// The demonstration without a ledger: its ids are the same every time.
struct Demonstrated {
  let demonstration: Demonstration
  let register: DemonstrationRegister

  init(seed: UInt64, latest: Month = Month(year: 2026, month: 10)) throws {
    let demonstration = Demonstration(
      seed: seed, facilities: 60, mills: 30, hydrogenUsers: 16, months: 24, latest: latest,
      plants: try SteelPlants(file: SteelPlants.shipped),
      towns: try DemonstrationTown.read(DemonstrationTown.shipped))
    var register = DemonstrationRegister()
    for site in demonstration.sites { register.facilities[site.index] = Self.id(100 + site.index) }
    for (index, plant) in demonstration.plants.enumerated() {
      register.plants[plant.identifier] = Self.id(1000 + index)
    }
    self.demonstration = demonstration
    self.register = register
  }

  private static func id(_ number: Int) -> String {
    ID(at: Instant(milliseconds: Int64(number)), random: Array(repeating: 0, count: 10)).text
  }

  /// A plant as the registry is told of it.
  func form(_ plant: DemonstrationPlant) -> JSON {
    plant.json(organisation: Self.id(1), in: demonstration)
  }

  func reports(_ choice: ReportChoice) -> [DemonstrationPlantReport] {
    let months = DemonstrationPlantMonths(demonstration: demonstration)
    return DemonstrationFiling(choice, months, register).reports
  }

  /// The reports that a service of these rules is sent, in their order; the missing ones as well.
  func arriving<Rules: Judging>(under rules: Rules) throws -> [Arriving<Rules>] {
    var closings: [String: [Int: Mass]] = [:]
    var arriving: [Arriving<Rules>] = []
    for told in reports(Rules.Report.type == .hydrogenUse ? .hydrogenUse : .recycledInput) {
      let plant = told.plant.identifier
      let report = try told.json.map { try Fields.read($0, as: Rules.Report.init) }
      arriving.append(
        Arriving(
          told: told, facility: try Fields.read(form(told.plant), as: Facility.init),
          previous: closings[plant]?[told.period.first.previous.number], report: report,
          rules: rules, today: demonstration.latest.next.firstDay))
      guard let report else { continue }
      for month in told.period.months {
        closings[plant, default: [:]][month.number] = report.closing
      }
    }
    return arriving
  }
}

/// A period of a plant as its service meets it.
struct Arriving<Rules: Judging> {
  let told: DemonstrationPlantReport
  let facility: Facility
  /// What the report before it closed with, where that stands.
  let previous: Mass?
  /// As it is meant to stand; nil where the period is missing.
  let report: Rules.Report?
  let rules: Rules
  let today: Day

  var name: String { "\(told.plant.identifier) \(told.period)" }

  func read(_ json: JSON) throws -> Rules.Report {
    try Fields.read(json, as: Rules.Report.init)
  }

  /// What the service would find wrong.
  func faults(_ report: Rules.Report) -> [Problem.Field] {
    rules.judged(report, of: facility, after: previous, today: today).faults
  }
}

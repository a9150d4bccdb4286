import Models

/// The plants' reports at one of the two services, and what of them is missing there.
struct DemonstrationFiling {
  /// A report that stands, as the list has it.
  struct Standing {
    let id: String
    let revision: Int
  }

  private let choice: ReportChoice
  var path: String { choice.kind.path }
  /// Plant by plant, period by period, as a chain of stocks must be told.
  let reports: [DemonstrationPlantReport]

  init(
    _ choice: ReportChoice, _ months: DemonstrationPlantMonths, _ register: DemonstrationRegister
  ) {
    self.choice = choice
    let type = choice == .hydrogenUse ? ReportType.hydrogenUse : .recycledInput
    reports = months.demonstration.plants.filter { $0.kind.report == type }.flatMap { plant in
      months.periods(plant).map {
        DemonstrationPlantReport(plant: plant, period: $0, months: months, register: register)
      }
    }
  }

  /// The service's name, as its command has it.
  var service: String { choice.rawValue }

  func key(_ report: DemonstrationPlantReport) -> String {
    "\(report.facility) \(report.period)"
  }

  /// The reports that stand, by facility and period.
  func standing(_ api: LedgerAPI) async throws -> [String: Standing] {
    guard let first = reports.map(\.period.first).min(),
      let last = reports.map(\.period.last).max()
    else { return [:] }
    var standing: [String: Standing] = [:]
    for item in try await api.items(path, [("from", "\(first)"), ("to", "\(last)")]) {
      guard let id = item["id"]?.text, let facility = item["facility_id"]?.text,
        let period = (item["period"] ?? item["month"])?.text, item["status"]?.text != "withdrawn"
      else { continue }
      standing["\(facility) \(period)"] = Standing(id: id, revision: item["revision"]?.int ?? 1)
    }
    return standing
  }

  /// What there is to do.
  struct Work {
    var new: [DemonstrationPlantReport] = []
    var revisions: [DemonstrationPlantReport] = []
    /// Reports whose review is not where it is meant to be.
    var reviews: [DemonstrationPlantReport] = []
    var isEmpty: Bool { new.isEmpty && revisions.isEmpty && reviews.isEmpty }
  }

  func work(_ api: LedgerAPI) async throws -> Work {
    let standing = try await standing(api)
    var work = Work()
    for report in reports where report.json != nil {
      let found = standing[key(report)]
      if found == nil { work.new.append(report) }
      if report.months.isRevised(report.plant, report.period), found?.revision ?? 1 == 1 {
        work.revisions.append(report)
      }
      guard let review = report.months.review(report.plant, report.period) else { continue }
      let reviewing = DemonstrationReviewing(path: path, api: api)
      if try await !reviewing.missing(review, of: found?.id).isEmpty {
        work.reviews.append(report)
      }
    }
    return work
  }
}

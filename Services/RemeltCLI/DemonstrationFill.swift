import Foundation
import Models

/// Fills a ledger with the demonstration, or with what of it is missing.
struct DemonstrationFill {
  let api: LedgerAPI
  let demonstration: Demonstration
  let keys: DemonstrationKeys?

  func run() async throws {
    let span = "\(demonstration.months[0]) to \(demonstration.latest)"
    say(
      "Demonstration of \(demonstration.sites.count + demonstration.plants.count) facilities, "
        + "\(span), all made up.")
    let register = try await DemonstrationRegistration(api: api, demonstration: demonstration).run()
    say(
      "\(register.organisations.count) organisations and "
        + "\(register.facilities.count + register.plants.count) facilities, "
        + "\(register.created) of them new.")
    try await fillKeys(register)
    let processors = DemonstrationProcessors(
      api: api, demonstration: demonstration, register: register)
    var plan = try await Plan(processors: processors, api: api)
    let refused = try await carryOut(&plan, processors)
    if refused > 0 { throw LocalFailure(.someRowsRefused, "\(refused) reports were refused.") }
    if !plan.unreached.isEmpty {
      throw LocalFailure(
        .unreachable, "Run this again when \(plan.unreached.joined(separator: " and ")) answers.")
    }
  }

  /// What there is to do.
  private struct Plan {
    let work: DemonstrationProcessors.Work
    var filings: [(filing: DemonstrationFiling, work: DemonstrationFiling.Work)] = []
    /// Services that do not answer: the rest is filled without them.
    var unreached: [String] = []

    var isEmpty: Bool { work.isEmpty && filings.allSatisfy(\.work.isEmpty) }

    init(processors: DemonstrationProcessors, api: LedgerAPI) async throws {
      work = try await processors.work()
      let months = DemonstrationPlantMonths(demonstration: processors.demonstration)
      for choice in [ReportChoice.recycledInput, .hydrogenUse] {
        let filing = DemonstrationFiling(choice, months, processors.register)
        do {
          filings.append((filing, try await filing.work(api)))
        } catch let failure as any CommandFailure {
          leaveOut(filing, failure)
        }
      }
    }

    mutating func leaveOut(_ filing: DemonstrationFiling, _ failure: any CommandFailure) {
      say("\(filing.service) cannot be reached, so its reports are left out. \(failure)")
      unreached.append(filing.service)
    }
  }

  private func fillKeys(_ register: DemonstrationRegister) async throws {
    guard let keys, let processor = register.organisations.first else { return }
    var reporters = [(name: "reporter", organisation: processor)]
    for (name, report) in [("mill", ReportType.recycledInput), ("hydrogen", .hydrogenUse)] {
      guard let index = demonstration.plants.firstIndex(where: { $0.kind.report == report }) else {
        continue
      }
      reporters.append((name, register.organisations[demonstration.owner(ofPlant: index)]))
    }
    for line in try await keys.fill(reporters: reporters) { say(line) }
  }

  /// - Returns: how many reports were refused.
  private func carryOut(
    _ plan: inout Plan, _ processors: DemonstrationProcessors
  ) async throws -> Int {
    if plan.isEmpty {
      let whole = plan.unreached.isEmpty ? "Everything" : "Everything else"
      say("\(whole) is there already; nothing was changed.")
      return 0
    }
    let issuing = keys ?? DemonstrationKeys(api: api, folder: URL(filePath: "."))
    return try await issuing.working { workers in
      var refused = plan.work.isEmpty ? 0 : try await processors.carryOut(plan.work, workers)
      for (filing, work) in plan.filings where !work.isEmpty {
        do {
          refused += try await filing.carryOut(work, workers)
        } catch let failure as any CommandFailure where failure.exit == .unreachable {
          plan.leaveOut(filing, failure)
        }
      }
      return refused
    }
  }
}

/// What is told of the filling's course.
private func say(_ line: String) { Terminal.error(line) }

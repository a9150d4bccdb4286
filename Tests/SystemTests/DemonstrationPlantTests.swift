import Models
import Reporting
import Testing

@testable import HydrogenUse
@testable import RecycledInput
@testable import RemeltCLI

@Suite("The demonstration's mills and hydrogen users, without a ledger")
struct DemonstrationPlantTests {
  private static let mills = InputRules(permille: 5, facilities: Facilities())
  private static let users = HydrogenRules(permille: 20, facilities: Facilities())

  private func expectAcceptable<Rules: Judging>(_ arriving: [Arriving<Rules>]) throws {
    for one in arriving {
      guard let report = one.report else { continue }
      #expect(one.faults(report) == [], "\(one.name)")
      #expect(one.rules.warnings(report) == [], "\(one.name)")
      guard one.told.kind == .report else { continue }
      let revised = try one.read(one.told.revised)
      #expect(one.faults(revised) == [], "\(one.name), corrected")
      // Another stock at its end would not fit the next report.
      #expect(revised != report && revised.closing == report.closing, "\(one.name), corrected")
    }
  }

  @Test(
    "Every report of every plant is readable and acceptable, and so is its correction",
    arguments: [1, 2, 3] as [UInt64])
  func acceptable(_ seed: UInt64) throws {
    let demonstrated = try Demonstrated(seed: seed)
    let mills = try demonstrated.arriving(under: Self.mills)
    let users = try demonstrated.arriving(under: Self.users)
    #expect(Set(mills.map(\.told.plant.identifier)).count == 30)
    #expect(Set(users.map(\.told.plant.identifier)).count == 16)
    try expectAcceptable(mills)
    try expectAcceptable(users)
  }

  private func expectChain<Rules: Judging>(_ arriving: [Arriving<Rules>], from first: Month) {
    for one in arriving {
      guard let report = one.report else { continue }
      if let previous = one.previous { #expect(report.opening == previous, "\(one.name)") }
      let mustSay = one.previous == nil && one.told.period.first > first
      #expect((report.openingReason != nil) == mustSay, "\(one.name)")
      if report.isNil { #expect(report.opening == report.closing, "\(one.name)") }
    }
  }

  @Test(
    "A period opens with the stock before it, or says that no report stands there",
    arguments: [1, 2, 3] as [UInt64])
  func stock(_ seed: UInt64) throws {
    let demonstrated = try Demonstrated(seed: seed)
    let first = demonstrated.demonstration.months[0]
    expectChain(try demonstrated.arriving(under: Self.mills), from: first)
    expectChain(try demonstrated.arriving(under: Self.users), from: first)
  }

  private func expectUnbalanced<Rules: Judging>(_ arriving: [Arriving<Rules>]) throws {
    let missing = arriving.filter { $0.report == nil }
    #expect(!missing.isEmpty)
    for one in missing {
      let unbalanced = try one.read(one.told.unbalanced)
      #expect(one.faults(unbalanced).map(\.pointer) == ["/closing"], "\(one.name)")
    }
  }

  @Test(
    "What is sent to be refused does not add up, and nothing else is wrong with it",
    arguments: [1, 2, 3] as [UInt64])
  func refusals(_ seed: UInt64) throws {
    let demonstrated = try Demonstrated(seed: seed)
    try expectUnbalanced(demonstrated.arriving(under: Self.mills))
    try expectUnbalanced(demonstrated.arriving(under: Self.users))
  }

  @Test(
    "A certificate stands in one report, but for those that are claimed again to be refused",
    arguments: [1, 2, 3] as [UInt64])
  func certificates(_ seed: UInt64) throws {
    let arriving = try Demonstrated(seed: seed).arriving(under: Self.users)
    let held = arriving.flatMap { one in
      (one.report?.certificates ?? []).map { (id: $0.id, by: one.told.facility) }
    }
    // Those that differ in capitals alone are one.
    let ids = Set(held.map { $0.id.uppercased() })
    #expect(ids.count == held.count && held.count > 100, "\(ids.count) of \(held.count)")
    for one in arriving {
      if let report = one.report {
        #expect(report.certificates.map(\.id) == one.told.certificates, "\(one.name)")
        let green = report.supplies.filter { !$0.certificates.isEmpty }
        #expect(green.allSatisfy { $0.power?.isRenewable == true }, "\(one.name)")
        guard one.told.kind == .report else { continue }
        let revised = try one.read(one.told.revised)
        #expect(revised.certificates.map(\.id) == one.told.certificates, "\(one.name)")
      } else {
        let other = try #require(held.first { $0.by != one.told.facility })
        let claim = try one.read(one.told.claiming(other.id))
        #expect(one.faults(claim) == [], "\(one.name)")
        let disputed = claim.certificates.map(\.id).filter { ids.contains($0.uppercased()) }
        #expect(disputed == [other.id], "\(one.name)")
      }
    }
  }

  @Test(
    "All three metals, their origins and routes, and many routes and uses of hydrogen occur",
    arguments: [1, 2, 3] as [UInt64])
  func variety(_ seed: UInt64) throws {
    let demonstrated = try Demonstrated(seed: seed)
    let mills = try demonstrated.arriving(under: Self.mills).compactMap(\.report)
    #expect(Set(mills.map(\.metal)) == Set(Metal.allCases))
    let inputs = mills.flatMap(\.inputs)
    #expect(Set(inputs.compactMap(\.origin)) == Set(Origin.allCases))
    let routes: Set<OutputRoute> = [
      .eaf, .bof, .primaryRefined, .secondaryRefined, .directMelt, .electrolytic, .recovered,
    ]
    #expect(routes.subtracting(mills.flatMap(\.outputs).map(\.route)) == [])
    let users = try demonstrated.arriving(under: Self.users).compactMap(\.report)
    let supplies = users.flatMap(\.supplies)
    #expect(Set(supplies.map(\.route)).count >= 6)
    #expect(Set(supplies.map(\.source)) == Set(HydrogenSource.allCases))
    #expect(Set(users.flatMap(\.uses).map(\.use)).count >= 5)
    let volumes = supplies.filter { if case .volume = $0.quantity { true } else { false } }
    #expect(!volumes.isEmpty && volumes.count < supplies.count)
    let provinces = Set(demonstrated.demonstration.plants.map(\.place.province))
    #expect(provinces.count > 8, "\(provinces)")
  }

  @Test("A mill's scrap names suppliers that process its metal", arguments: [1, 2] as [UInt64])
  func suppliers(_ seed: UInt64) throws {
    let demonstrated = try Demonstrated(seed: seed)
    for metal in Metal.allCases {
      let yards = demonstrated.demonstration.sites.filter { $0.metal == metal }
        .compactMap { demonstrated.register.facilities[$0.index] }
      let mills = try demonstrated.arriving(under: Self.mills).compactMap(\.report)
        .filter { $0.metal == metal }
      let named = Set(mills.flatMap(\.inputs).compactMap(\.facility?.text))
      #expect(!named.isEmpty && named.isSubset(of: yards), "\(metal)")
    }
  }

  @Test(
    "Each month of a plant is told once; some are missing, nil, or January and February together",
    arguments: [1, 2, 3] as [UInt64])
  func periods(_ seed: UInt64) throws {
    let demonstrated = try Demonstrated(seed: seed)
    let (mills, users) = (
      demonstrated.reports(.recycledInput), demonstrated.reports(.hydrogenUse)
    )
    for reports in [mills, users] {
      for kind in [.missing, .nilReturn, .report] as [DemonstrationMonths.Return] {
        #expect(reports.contains { $0.kind == kind }, "\(kind)")
      }
      #expect(reports.filter { $0.kind == .report }.count * 10 > reports.count * 9)
      #expect(reports.allSatisfy { ($0.json == nil) == ($0.kind == .missing) })
      for (plant, its) in Dictionary(grouping: reports, by: \.plant.identifier) {
        let months = its.flatMap(\.period.months)
        #expect(months == demonstrated.demonstration.months, "\(plant)")
      }
    }
    for metal in Metal.allCases {
      let combined = mills.filter { $0.plant.kind.metal == metal && $0.period.isCombined }
      #expect(combined.contains { $0.kind == .report }, "\(metal)")
    }
    #expect(!users.contains { $0.period.isCombined })
    let reviews = (mills + users).compactMap { $0.months.review($0.plant, $0.period) }
    #expect(Set(reviews) == Set(DemonstrationReview.allCases))
  }
}

import Models
import Testing

@testable import RemeltCLI

/// What of the demonstration's plants a second run, and the registry, must find as it was.
extension DemonstrationPlantTests {
  private func told(_ demonstrated: Demonstrated) -> [JSON] {
    var told = demonstrated.demonstration.plants.map(demonstrated.form)
    told += demonstrated.demonstration.owners.map(\.json)
    for choice in [ReportChoice.recycledInput, .hydrogenUse] {
      told += demonstrated.reports(choice).map { $0.json ?? .null }
    }
    return told
  }

  @Test("The same seed gives the same plants and reports, and another seed gives others")
  func same() throws {
    let one = told(try Demonstrated(seed: 1))
    let (isSame, isOther) = (
      one == told(try Demonstrated(seed: 1)), one != told(try Demonstrated(seed: 2))
    )
    #expect(isSame && isOther)
  }

  @Test("A month later there is a month more, and no report before it differs")
  func later() throws {
    let before = try Demonstrated(seed: 1, latest: Month(year: 2026, month: 9))
    let after = try Demonstrated(seed: 1)
    for choice in [ReportChoice.recycledInput, .hydrogenUse] {
      let known = Dictionary(
        uniqueKeysWithValues: before.reports(choice).map { ("\($0.facility) \($0.period)", $0) })
      var new: Set<Period> = []
      for report in after.reports(choice) {
        guard let old = known["\(report.facility) \(report.period)"] else {
          new.insert(report.period)
          continue
        }
        // The first report of all owes no reason for its stock.
        if report.period.first > after.demonstration.months[0] {
          let isSame = report.json == old.json
          #expect(isSame, "\(report.plant.identifier) \(report.period)")
        }
      }
      #expect(new == [Period(Month(year: 2026, month: 10))])
    }
  }

  @Test("Every plant is a marked facility of its own that owes its reports")
  func facilities() throws {
    let demonstrated = try Demonstrated(seed: 1)
    let demonstration = demonstrated.demonstration
    var names: Set<String> = []
    for (index, plant) in demonstration.plants.enumerated() {
      let facility = try Fields.read(demonstrated.form(plant), as: Facility.init)
      #expect(facility.demonstration && facility.roles == [plant.kind.report.role])
      #expect(facility.name.hasPrefix("Demonstration ") && facility.localName?.isEmpty == false)
      #expect(facility.identifier?.value == plant.identifier)
      let (first, last) = (demonstration.months[0], demonstration.latest)
      #expect(facility.owes(plant.kind.report, plant.kind.metal, first), "\(plant.identifier)")
      #expect(facility.owes(plant.kind.report, plant.kind.metal, last), "\(plant.identifier)")
      // By its blast furnace an enterprise counts as long-process.
      let isLong = [.steelConverter, .steelIntegrated].contains(plant.kind)
      #expect(facility.blastFurnaces.isEmpty == !isLong, "\(plant.identifier)")
      let owner = demonstration.owners[demonstration.owner(ofPlant: index)]
      #expect(owner.uscc == plant.owner.uscc && owner.name.contains(plant.number))
      names.formUnion([facility.name, plant.identifier])
    }
    #expect(names.count == 2 * 46)
    let ids = demonstration.owners.map(\.uscc)
    #expect(Set(ids).count == ids.count)
    for id in ids {
      #expect(throws: Never.self) { try Identifier(scheme: Identifier.uscc, value: id) }
    }
    let sites = demonstration.sites.map(\.identifier)
    #expect(names.isDisjoint(with: sites))
  }
}

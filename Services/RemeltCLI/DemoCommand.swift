import ArgumentParser
import Foundation
import Models

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "A marked demonstration, for trying the ledger out.",
    discussion: "Example: remelt demo fill", subcommands: [DemoFill.self])
}

struct DemoFill: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fill", abstract: "Fill the ledger with made-up facilities and their reports.",
    discussion: """
      Needs an operator's key for everything. The facilities are named and marked as \
      demonstrations and spread like China's steel plants; the same seed makes the same figures. \
      Reports are missing, nil, revised, withdrawn and refused on purpose. A second run changes \
      nothing; a month later it adds the month.

      Example: remelt demo fill --keys-folder var/keys
      """)

  @Option(help: "Write analyst.key and reporter.key into this folder.")
  var keysFolder: String?
  @Option(help: "How many complete months, the latest last.")
  var months = 24
  @Option(help: "Another seed makes other figures.")
  var seed: UInt64 = 1
  @Option(help: "How many facilities.")
  var facilities = 60

  func validate() throws {
    guard (1...120).contains(months) else { throw ValidationError("--months is 1 to 120.") }
    guard (4...999).contains(facilities) else { throw ValidationError("--facilities is 4 to 999.") }
  }

  func run() async throws {
    let api = try LedgerAPI.current()
    let latest = Clock.system.now().dayInChina.month.previous
    let demonstration = Demonstration(
      seed: seed, facilities: facilities, months: months, latest: latest,
      plants: try SteelPlants(file: SteelPlants.shipped))
    let keys = keysFolder.map {
      DemonstrationKeys(api: api, folder: URL(filePath: $0, directoryHint: .isDirectory))
    }
    try await DemonstrationFill(api: api, demonstration: demonstration, keys: keys).run()
  }
}

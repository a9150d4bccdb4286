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
      demonstrations and spread like China's plants: processors, mills of the three metals, and \
      hydrogen users. The same seed makes the same figures. Reports are missing, nil, revised, \
      withdrawn, refused, questioned and locked on purpose. A second run changes nothing; a month \
      later it adds the month. Where the recycled-input or the hydrogen-use service does not answer, \
      the rest is filled and the exit code is 3: run it again later.

      Example: remelt demo fill --keys-folder var/keys
      """)

  @Option(
    help: "Write analyst, verifier, reporter, mill and hydrogen keys (.key) into this folder.")
  var keysFolder: String?
  @Option(help: "How many complete months, the latest last.")
  var months = 24
  @Option(help: "Another seed makes other figures.")
  var seed: UInt64 = 1
  @Option(help: "How many processors and traders.")
  var facilities = 60
  @Option(help: "How many mills that report, three fifths of them of steel.")
  var mills = 30
  @Option(help: "How many hydrogen users.")
  var hydrogenUsers = 16

  func validate() throws {
    guard (1...120).contains(months) else { throw ValidationError("--months is 1 to 120.") }
    guard (4...999).contains(facilities) else { throw ValidationError("--facilities is 4 to 999.") }
    guard (0...250).contains(mills) else { throw ValidationError("--mills is 0 to 250.") }
    guard (0...99).contains(hydrogenUsers) else {
      throw ValidationError("--hydrogen-users is 0 to 99.")
    }
  }

  func run() async throws {
    let api = try LedgerAPI.current()
    let latest = Clock.system.now().dayInChina.month.previous
    let demonstration = Demonstration(
      seed: seed, facilities: facilities, mills: mills, hydrogenUsers: hydrogenUsers,
      months: months, latest: latest, plants: try SteelPlants(file: SteelPlants.shipped),
      towns: try DemonstrationTown.read(DemonstrationTown.shipped))
    let keys = keysFolder.map {
      DemonstrationKeys(api: api, folder: URL(filePath: $0, directoryHint: .isDirectory))
    }
    try await DemonstrationFill(api: api, demonstration: demonstration, keys: keys).run()
  }
}

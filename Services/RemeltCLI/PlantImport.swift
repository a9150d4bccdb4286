import ArgumentParser
import Foundation
import Models

struct ImportPlants: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import-plants", abstract: "List the world's operating steel plants as mills.",
    discussion: """
      868 plants of Global Energy Monitor's Global Iron and Steel Tracker (CC BY 4.0), which ship \
      with this program. They are listed, not enrolled: they owe no reports. A second run changes \
      nothing.

      Example: remelt facility import-plants
      """)

  @Option(help: "Another edition of the table.")
  var file: String?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let plants = try SteelPlants(file: file.map { URL(filePath: $0) } ?? SteelPlants.shipped)
    Terminal.error(
      "\(plants.plants.count) plants; in China \(plants.inChina.count), "
        + "\(plants.kilotonnesInChina("crude_steel_ktpa")) kt/y crude steel, "
        + "of which \(plants.kilotonnesInChina("eaf_ktpa")) kt/y EAF")
    let rows = plants.plants.enumerated().map { index, plant in
      // Numbered as in the table, whose heading is row 1.
      FileRow(number: index + 2, bytes: PlantImport.row(plant).bytes)
    }
    let size = rows.reduce(0) { $0 + $1.size }
    var submission = FileSubmission(
      api: try LedgerAPI.current(), path: PlantImport.path, format: .ndjson,
      asJSON: output.asJSON, progress: Progress("steel plants", totalBytes: size))
    for row in rows { try await submission.take(row) }
    try await FileArguments.conclude(&submission)
  }
}

/// A plant of the table as a row of the bulk endpoint. The same plant always gives the same row.
enum PlantImport {
  static let path = "/registry/v1/facilities/bulk?confirm_duplicate=true"

  private static let capacities = [
    "crude_steel_ktpa", "bof_ktpa", "eaf_ktpa", "other_steel_ktpa", "iron_ktpa", "bf_ktpa",
    "dri_ktpa",
  ]

  static func row(_ plant: SteelPlant) -> JSON {
    let abroad = plant.province == nil
    let place = JSON.members([
      "organisation_scheme": "gem_owner", "organisation_value": .text(plant.known("owner_en")),
      "organisation_name": .text(plant.known("owner_en")), "name": .text(plant.known("name_en")),
      "local_name": .text(plant.known("name_local")), "identifier_scheme": "gem_plant",
      "identifier_value": .text(plant.known("plant_id")), "roles": "mill",
      "country": .string(plant.country), "province": .text(plant.province),
      "subdivision": .text(abroad ? plant.known("province") : nil),
      "municipality": .text(plant.known("municipality")),
      "latitude": .text(plant.known("latitude")), "longitude": .text(plant.known("longitude")),
      "opened_on": .text(openedOn(plant)), "demonstration": "false",
    ])
    guard case .object(let members) = place else { return place }
    return .object(
      members
        + capacities.compactMap { name in
          plant.known(name).map { JSON.Member(name, .string($0)) }
        })
  }

  /// Only a whole date is one: a year alone would make up a day.
  private static func openedOn(_ plant: SteelPlant) -> String? {
    plant.known("start").flatMap(Day.init)?.description
  }
}

import Reporting
import ServiceKit

/// The recycled-input service at a glance: a reporting service under the rules of mills.
enum RecycledInputApplication {
  static func service(_ host: ServiceHost) async throws -> ReportingService<InputRules> {
    let permille = try host.settings.int("balance.tolerance.permille", default: 5, in: 0...1000)
    return try await ReportingService(
      host: host, name: "recycled-input", migrations: ClaimStore.migrations,
      tables: [
        "materials": "materials", "definitions": "definitions", "due-days": "due_days",
      ]
    ) { facilities in
      InputRules(permille: permille, facilities: facilities)
    }
  }
}

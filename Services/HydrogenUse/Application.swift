import Reporting
import ServiceKit

/// The hydrogen-use service at a glance: a reporting service under the rules of hydrogen.
enum HydrogenUseApplication {
  static func service(_ host: ServiceHost) async throws -> ReportingService<HydrogenRules> {
    let permille = try host.settings.int("balance.tolerance.permille", default: 20, in: 0...1000)
    return try await ReportingService(
      host: host, name: "hydrogen-use", migrations: CertificateStore.migrations,
      tables: [
        "hydrogen-thresholds": "hydrogen_thresholds", "hydrogen-tiers": "hydrogen_tiers",
        "hydrogen-boundaries": "hydrogen_boundaries", "factors": "factors",
        "due-days": "due_days",
      ]
    ) { facilities in
      HydrogenRules(permille: permille, facilities: facilities)
    }
  }
}

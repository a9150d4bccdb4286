import Hummingbird
import Models

/// `/health/live`, `/health/ready` and `/metrics`, at the root of the port.
package struct HealthRoutes: Sendable {
  /// By name, why a part is not ready, or nil.
  package typealias Checks = [String: @Sendable () async -> String?]

  package let service: String
  package let metrics: PrometheusMetrics
  package let checks: Checks

  package init(service: String, metrics: PrometheusMetrics, checks: Checks) {
    self.service = service
    self.metrics = metrics
    self.checks = checks
  }

  package func add(to router: Router<Context>) {
    router.get("/health/live") { _, _ in Response.json(.members(["status": "live"])) }
    router.get("/health/ready") { _, _ in
      for (name, check) in checks.sorted(by: { $0.key < $1.key }) {
        if let trouble = await check() {
          throw Problem(.unavailable, "\(name): \(trouble)", headers: [("Retry-After", "2")])
        }
      }
      return Response.json(.members(["status": "ready", "service": .string(service)]))
    }
    router.get("/metrics") { _, _ in
      Response.text(metrics.render(), type: "text/plain; version=0.0.4; charset=utf-8")
    }
  }
}

import Foundation
import Hummingbird

/// Serves the service's `openapi.json`, which stands beside its executable.
package struct OpenAPI: Sendable {
  private let file: URL

  package init(bundle: Bundle) { file = bundle.bundleURL.appending(path: "openapi.json") }

  package func add(to group: RouterGroup<Context>) {
    group.get("openapi.json") { _, _ in
      Response.text(
        String(decoding: try Data(contentsOf: file), as: UTF8.self), type: "application/json")
    }
  }
}

import Foundation
import Models
import ServiceKit
import Testing

extension RunningTests {
  @Suite("Who may ask the dashboard what", .serialized, .ledger)
  struct FigureScopeTests {
    enum Reader: String, CaseIterable {
      case analyst, verifier, ministry, hebei, reporter, service, nobody

      var isOverAll: Bool { [.analyst, .verifier, .ministry].contains(self) }
    }

    /// Who is meant to have an answer.
    enum Audience {
      /// Everybody who sees a facility.
      case facilities
      /// Those who see places.
      case places
      /// Those who see everything.
      case nation
      case signedIn, operators, journal, anybody

      func status(_ reader: Reader) -> Int {
        if self == .anybody { return 200 }
        if reader == .nobody { return 401 }
        let seesPlaces = reader.isOverAll || reader == .hebei
        return switch self {
        case .anybody, .signedIn: 200
        case .facilities: seesPlaces || reader == .reporter ? 200 : 403
        case .places: seesPlaces ? 200 : 403
        case .nation: reader.isOverAll ? 200 : 403
        case .operators: reader == .ministry ? 201 : 403
        case .journal: reader == .ministry || reader == .service ? 200 : 403
        }
      }
    }

    struct Line {
      /// As the interface's description names it.
      let route: String
      let audience: Audience
      var query = ""
      var body: JSON?
    }

    static let headline = JSON.members([
      "definition_id": "SCRAP_SHARE_METALLIC_CHARGE", "reason": "closest to the words",
    ])

    static let publication = JSON.members([
      "name": "2025-03", "stage": "provisional",
      "tables": [
        .members([
          "title": "Rates",
          "question": .members([
            "definition": "SCRAP_RATE_KG_T", "from": "2025-03", "to": "2025-03", "by": "province",
          ]),
        ])
      ],
    ])

    private static let month = "from=2025-03&to=2025-03"

    /// Every route there is: one that is not here fails the test.
    private static let lines: [Line] = [
      Line(route: "GET definitions", audience: .signedIn),
      Line(
        route: "GET figures", audience: .facilities, query: "definition=SCRAP_RATE_KG_T&\(month)"),
      Line(
        route: "GET figures/reports", audience: .facilities,
        query: "definition=SCRAP_RATE_KG_T&period=2025-03"),
      Line(
        route: "GET figures/change", audience: .facilities,
        query: "definition=SCRAP_RATE_KG_T&period=2025-03&before_period=2025-02"),
      Line(
        route: "GET owing", audience: .facilities,
        query: "report=recycled_input&metal=steel&from=2025-03&to=2025-04"),
      Line(route: "GET targets", audience: .nation),
      Line(route: "POST targets/{target_id}/headline", audience: .operators, body: headline),
      Line(
        route: "GET reconciliation/deliveries", audience: .places,
        query: "metal=steel&\(month)&by=province"),
      Line(route: "GET reconciliation/published", audience: .nation),
      Line(route: "GET publications", audience: .signedIn),
      Line(route: "POST publications", audience: .operators, body: publication),
      Line(route: "GET publications/{id}", audience: .signedIn),
      Line(route: "GET sources", audience: .places),
      Line(route: "GET reference-series", audience: .places),
      Line(route: "GET qualified-capacity", audience: .places),
      Line(route: "GET throughput", audience: .places, query: month),
      Line(
        route: "GET throughput/reports", audience: .places, query: "metal=steel&month=2025-03"),
      Line(route: "GET recycled-input", audience: .places, query: month),
      Line(
        route: "GET recycled-input/reports", audience: .places, query: "metal=steel&month=2025-03"),
      Line(route: "GET hydrogen-use", audience: .places, query: month),
      Line(route: "GET hydrogen-use/reports", audience: .places, query: "month=2025-03"),
      Line(route: "GET journal", audience: .journal, query: "limit=1"),
      Line(route: "GET journal/checkpoint", audience: .anybody),
    ]

    /// The routes below `/dashboard/v1` that the dashboard's own description has.
    private func described(_ caller: Caller) async throws -> Set<String> {
      let document = try await caller.get("dashboard", "/dashboard/openapi.json")
      var routes: Set<String> = []
      guard case .object(let paths) = document["paths"] ?? .null else { return [] }
      let prefix = "/dashboard/v1/"
      for path in paths where path.name.hasPrefix(prefix) {
        guard case .object(let methods) = path.value else { continue }
        for method in methods
        where ["get", "post", "put", "patch", "delete"].contains(method.name) {
          routes.insert("\(method.name.uppercased()) \(path.name.dropFirst(prefix.count))")
        }
      }
      return routes
    }

    private func send(_ line: Line, as caller: Caller?, id: String, _ ledger: RunningLedger)
      async throws -> Reply
    {
      let parts = line.route.split(separator: " ").map(String.init)
      let path = parts[1].replacing("{target_id}", with: "CN-RECYCLED-STEEL-2027")
        .replacing("{id}", with: id)
      let url = "/dashboard/v1/" + path + (line.query.isEmpty ? "" : "?\(line.query)")
      var headers: [(name: String, value: String)] = []
      if line.body != nil {
        headers.append((name: "Content-Type", value: "application/json"))
        headers.append((name: "Idempotency-Key", value: Caller.fresh()))
      }
      if let caller {
        return try await caller.send(
          parts[0], "dashboard", url, headers: headers, body: line.body?.bytes)
      }
      return Reply(
        try await ledger.client.send(
          HTTPCall(
            method: parts[0], url: try ledger["dashboard"].url + url, headers: headers,
            body: line.body?.bytes, timeoutSeconds: 60, retries: 0)))
    }

    @Test("Every route answers those that it is meant for, and nobody else")
    func matrix() async throws {
      let caller = try SharedLedger.first
      #expect(try await described(caller) == Set(Self.lines.map(\.route)))
      let estate = try await Estate(in: "130000", by: caller)
      let first = try await caller.publish(Self.publication, after: estate.positions)
      try #require(first.status == 201, "\(first.text)")
      let readers: [Reader: Caller] = [
        .analyst: try await caller.issue("analyst@all"),
        .verifier: try await caller.issue("verifier@all"),
        .ministry: try await caller.issue("operator@all"),
        .hebei: try await caller.issue("analyst@authority:130000"),
        .reporter: estate.reporter, .service: try await caller.issue("service@all"),
      ]
      let written: [String?] = [try await caller.position()]
      _ = try await caller.figures("sources", after: written)
      for line in Self.lines {
        for reader in Reader.allCases {
          let reply = try await send(
            line, as: readers[reader], id: try first.id, caller.ledger)
          #expect(
            reply.status == line.audience.status(reader),
            "\(line.route) by \(reader): \(reply.text.prefix(500))")
          guard reply.status >= 400 else { continue }
          let isSilent = estate.marks.allSatisfy { !reply.text.contains($0) }
          #expect(isSilent, "\(line.route) by \(reader): \(reply.text.prefix(500))")
        }
      }
    }
  }
}

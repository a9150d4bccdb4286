import Foundation
import Models
import Testing

/// What those see who do not see everything.
extension RunningTests.FigureScopeTests {
  /// Tables and lists, each of which tells of one kind's facilities.
  private static let questions: [(kind: ReportKind, path: String)] = [
    (
      .recycledInput,
      "figures?definition=SCRAP_RATE_KG_T,METALLIC_INPUT&from=2025-03&to=2025-04&by=province,group"
    ),
    (
      .recycledInput,
      "figures?definition=REPORTING_COVERAGE,REPORTING_ON_TIME&report=recycled_input"
        + "&from=2025-03&to=2025-04&by=authority,group"
    ),
    (.throughput, "figures?definition=THROUGHPUT&from=2025-03&to=2025-04&by=group"),
    (.throughput, "figures?definition=QUALIFIED_PROCESSORS&from=2025-06&to=2025-06&by=group"),
    (.hydrogenUse, "figures?definition=HYDROGEN_USED&from=2025-03&to=2025-03&by=region,group"),
    (.recycledInput, "figures/reports?definition=SCRAP_RATE_KG_T&period=2025-03"),
    (.throughput, "figures/reports?definition=THROUGHPUT&period=2025Q1"),
    (.throughput, "figures/reports?definition=QUALIFIED_CAPACITY_STEEL&period=2025-06"),
    (.hydrogenUse, "figures/reports?definition=HYDROGEN_SUPPLIED&period=2025-03"),
    (.recycledInput, "owing?report=recycled_input&metal=steel&from=2025-03&to=2025-04"),
    (.throughput, "owing?report=throughput&metal=steel&from=2025-03&to=2025-04"),
    (.hydrogenUse, "owing?report=hydrogen_use&from=2025-03&to=2025-04"),
  ]

  private static let change =
    "figures/change?definition=METALLIC_INPUT&period=2025-03&before_period=2025-02"

  private func expectSilent(
    _ reply: Reply, of strangers: [Estate], alsoGroups: Bool = true, _ what: String
  ) {
    for stranger in strangers {
      for mark in stranger.marks + (alsoGroups ? [stranger.group] : []) {
        #expect(!reply.text.contains(mark), "\(what) tells of \(mark): \(reply.text.prefix(2000))")
      }
    }
  }

  @Test("Within a scope only its own facilities are seen, whatever filter or cursor is given")
  func scopes() async throws {
    let caller = try SharedLedger.first
    let own = try await Estate(in: "130000", by: caller)
    let neighbour = try await Estate(in: "130000", by: caller)
    let far = try await Estate(in: "320000", by: caller)
    let written = own.positions + neighbour.positions + far.positions
    let readers: [(name: String, reader: Caller, sees: [Estate], strangers: [Estate])] = [
      ("all", try await caller.issue("analyst@all"), [own, neighbour, far], []),
      (
        "Hebei", try await caller.issue("analyst@authority:130000"), [own, neighbour], [far]
      ), ("Jiangsu", try await caller.issue("verifier@authority:320000"), [far], [own, neighbour]),
      ("reporter", own.reporter, [own], [neighbour, far]),
      ("other reporter", far.reporter, [far], [own, neighbour]),
    ]
    for (name, reader, sees, strangers) in readers {
      for (kind, path) in Self.questions {
        let reply = try await reader.figures(path, after: written)
        expectSilent(reply, of: strangers, "\(name): \(path)")
        // It does tell of those that are seen: a test of silence alone would pass on nothing.
        for estate in sees {
          let facility = try #require(estate.facilities[kind])
          let isTold = reply.text.contains(path.hasPrefix("figures?") ? estate.group : facility)
          #expect(isTold, "\(name): \(path) \(reply.text.prefix(2000))")
        }
        for stranger in strangers {
          let byGroup = try await reader.figures("\(path)&group=\(stranger.group)", after: written)
          expectSilent(byGroup, of: strangers, alsoGroups: false, "\(name): \(path), by group")
          #expect(byGroup.rows == [] && byGroup.items == [], "\(name): \(byGroup.text)")
        }
        guard strangers.contains(where: { $0.group == far.group }) else { continue }
        for filter in ["province=320000", "authority=320000", "region=YRD"] {
          let filtered = try await reader.figures("\(path)&\(filter)", after: written)
          expectSilent(filtered, of: strangers, "\(name): \(path)&\(filter)")
          #expect(filtered.rows == [] && filtered.items == [], "\(name): \(filtered.text)")
        }
      }
    }
  }

  @Test("A scope's sums are those of its own reports, and what changed is its own change")
  func sums() async throws {
    let caller = try SharedLedger.first
    // Provinces of their own, as the sums are of whole provinces.
    let own = try await Estate(in: "210000", by: caller)
    let neighbour = try await Estate(in: "210000", by: caller)
    let far = try await Estate(in: "220000", by: caller)
    let written = own.positions + neighbour.positions + far.positions
    let province = try await caller.issue("analyst@authority:210000")
    let query = "definition=METALLIC_INPUT&from=2025-03&to=2025-03"
    for (reader, count, scope) in [
      (province, 2, "210000"), (own.reporter, 1, "organisation:\(own.organisation)"),
      (far.reporter, 1, "organisation:\(far.organisation)"),
    ] {
      let figures = try await reader.figures("figures?" + query, after: written)
      let charged = String(count * Estate.charged)
      #expect(figures.rows.map { $0["value"]?.text } == [charged], "\(figures.text)")
      #expect(figures.rows.first?["coverage"]?["owed"]?.int == count, "\(figures.text)")
      #expect(figures["scope"]?.elements.compactMap(\.text) == [scope], "\(figures.text)")
      let change = try await reader.figures(Self.change, after: written)
      #expect(change["after"]?["value"]?.text == charged, "\(change.text)")
      #expect(change["newly_reporting"]?["facilities"]?.int == count, "\(change.text)")
      // Elsewhere nothing changed, as far as this reader can tell.
      let elsewhere = try await reader.figures(
        "\(Self.change)&group=\(neighbour.group)&province=220000", after: written)
      #expect(elsewhere["newly_reporting"]?["facilities"]?.int == 0, "\(elsewhere.text)")
    }
    let all = try await caller.figures("figures?\(query)&province=210000", after: written)
    #expect(all["scope"] == .null, "\(all.text)")
    let whole = try await caller.figures(
      "\(Self.change)&province=210000", after: written)
    #expect(whole["after"]?["value"]?.text == String(2 * Estate.charged), "\(whole.text)")
    for stranger in [neighbour, far] {
      let hidden = try await own.reporter.figures(
        "\(Self.change)&group=\(stranger.group)", after: written)
      expectSilent(hidden, of: [neighbour, far], alsoGroups: false, "a change by group")
      #expect((hidden["after"]?["numerator"]?.grams ?? 0) == 0, "\(hidden.text)")
      #expect(hidden["newly_reporting"]?["facilities"]?.int == 0, "\(hidden.text)")
    }
  }

  @Test("Another reader's cursor leads to nothing more than one's own")
  func cursors() async throws {
    let caller = try SharedLedger.first
    let own = try await Estate(in: "440000", by: caller)
    let far = try await Estate(in: "450000", by: caller)
    let written = own.positions + far.positions
    let analyst = try await caller.issue("analyst@authority:440000")
    for (_, path) in Self.questions {
      var page = try await caller.figures("\(path)&limit=1", after: written)
      for _ in 0..<60 {
        guard let cursor = page.cursor else { break }
        for reader in [analyst, own.reporter] {
          let reply = try await reader.ask("\(path)&limit=500&cursor=\(cursor)")
          // A row of a table that is not one's own is no place to go on after.
          #expect(reply.status == 200 || reply.pointers == ["?cursor"], "\(path): \(reply.text)")
          expectSilent(reply, of: [far], path)
        }
        page = try await caller.ask("\(path)&limit=1&cursor=\(cursor)")
      }
      #expect(page.cursor == nil, "\(path): \(page.text)")
    }
    // What tells of places alone tells of one's own.
    for path in ["throughput", "recycled-input", "hydrogen-use"] {
      let month = path == "hydrogen-use" ? "month=2025-03" : "metal=steel&month=2025-03"
      let behind = try await analyst.figures("\(path)/reports?\(month)", after: written)
      expectSilent(behind, of: [far], path)
      #expect(behind.items.count == 1, "\(behind.text)")
    }
    let deliveries = try await analyst.figures(
      "reconciliation/deliveries?metal=steel&from=2025-03&to=2025-03&by=province", after: written)
    #expect(deliveries.rows.map { $0["code"]?.text } == ["440000"], "\(deliveries.text)")
  }
}

import Models
import ServiceKit
import Testing

@Suite("Paging through lists, health, and the feed", .registry, .serialized)
struct PagingTests {
  /// Follows `Link` from page to page.
  private func pages(_ caller: Caller, _ start: String) async throws -> [[String]] {
    var pages: [[String]] = []
    var path: String? = start
    while let next = path, pages.count < 100 {
      let reply = try await caller.get(next)
      #expect(reply.status == 200, "\(reply.text)")
      pages.append(reply["items"]?.elements.compactMap { $0["id"]?.text } ?? [])
      let link = reply.header("Link")
      #expect((link == nil) == (reply["next"] == nil))
      path = link.flatMap { $0.firstMatch(of: /^<([^>]+)>; rel="next"$/) }.map { String($0.1) }
      if link != nil { #expect(path != nil, "\(link ?? "")") }
    }
    return pages
  }

  @Test("Cursors lead through everything exactly once, in order, with the filter kept")
  func everything() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    var sites = [enrolled.facility]
    for _ in 0..<6 {
      sites.append(try await caller.register(Sample.facility(enrolled.organisation)))
    }
    _ = try await Enrolled(by: caller)
    let all = try await pages(
      caller, "facilities?organisation_id=\(enrolled.organisation)&limit=3")
    #expect(all.map(\.count) == [3, 3, 1])
    #expect(all.flatMap { $0 } == sites.sorted())
    let exact = try await pages(
      caller, "facilities?organisation_id=\(enrolled.organisation)&limit=7")
    #expect(exact.map(\.count) == [7])
    var reports: [String] = []
    for site in sites {
      let reply = try await enrolled.reporter.post("throughput", Sample.report(site))
      reports.append(try #require(reply["id"]?.text))
    }
    let own = try await pages(enrolled.reporter, "throughput?limit=2&metal=steel")
    #expect(own.flatMap { $0 } == reports.sorted())
    let credentials = try await pages(caller, "credentials?limit=2").flatMap { $0 }
    #expect(Set(credentials).count == credentials.count)
    #expect(credentials.count == 4)
    let organisations = try await pages(caller, "organisations?limit=1").flatMap { $0 }
    #expect(Set(organisations).count == organisations.count)
    #expect(organisations.contains(enrolled.organisation))
  }

  @Test("The feed gives every entry once, in order, whatever the page's size")
  func feed() async throws {
    let caller = try await RunningRegistry.current.operator
    let size = try await caller.mark()
    var positions: [Int] = []
    while positions.count < size {
      let reply = try await caller.get(
        "journal?after=\(positions.count)&limit=3",
        headers: [("Journal-Position", "registry=\(size)")])
      let entries = reply["entries"]?.elements ?? []
      try #require(!entries.isEmpty, "\(reply.text)")
      positions += entries.compactMap { $0["position"]?.int }
    }
    #expect(positions == Array(0..<positions.count))
  }

  @Test("Health, metrics, the checkpoint, the keys and the description need no token")
  func open() async throws {
    let registry = try RunningRegistry.current
    for (path, part) in [
      ("/health/live", "live"), ("/health/ready", "processor-registry"),
      ("/metrics", "remelt_http_requests"),
      ("/registry/v1/journal/checkpoint", "registry.test/registry\n"),
      ("/registry/v1/keys.json", "P-256"), ("/registry/openapi.json", "3.1"),
    ] {
      let reply = Reply(
        try await registry.client.send(
          HTTPCall(url: registry.url + path, timeoutSeconds: 120, retries: 0)))
      #expect(reply.status == 200, "\(path)")
      #expect(reply.text.contains(part), "\(path)")
    }
  }

  @Test("A long answer is compressed for who asks for it")
  func compressed() async throws {
    let registry = try RunningRegistry.current
    let ask = { (fields: String) in
      await Wire(port: registry.port).exchange(
        "GET /registry/openapi.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(fields)\r\n")
    }
    let zipped = await ask("Accept-Encoding: gzip\r\n")
    #expect(zipped.header("Content-Encoding") == "gzip")
    #expect(await ask("").header("Content-Encoding") == nil)
  }

  @Test("The reference tables can be read by whoever is signed in")
  func reference() async throws {
    let caller = try await RunningRegistry.current.operator
    for table in [
      "provinces", "authorities", "grades", "criteria", "counting-states", "due-days", "targets",
    ] {
      let reply = try await caller.get("reference/\(table)")
      #expect(reply.status == 200, "\(table)")
      #expect((reply["items"]?.elements.count ?? 0) > 0, "\(table)")
    }
    #expect(try await caller.get("criteria-sets")["items"]?.elements.count == 4)
    #expect(try await caller.get("reference/secrets").status == 404)
  }
}

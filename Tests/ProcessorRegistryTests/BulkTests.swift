import Foundation
import Models
import ServiceKit
import Testing

@Suite("A file of throughput reports", .registry, .serialized)
struct BulkTests {
  private func enrolled() async throws -> (witness: Caller, Enrolled) {
    let witness = try await RunningRegistry.current.operator
    return (witness, try await Enrolled(by: witness))
  }

  private func outcomes(_ reply: Reply) -> [String] {
    reply.lines.dropLast().map {
      "\($0["row"]?.int ?? 0) \($0["outcome"]?.text ?? "?")"
    }
  }

  @Test("Each row is answered by its own number as created, unchanged, revised or refused")
  func csv() async throws {
    let (_, enrolled) = try await enrolled()
    let rows = (1...3).map { Sample.row(enrolled.facility, "2025-0\($0)") }
    let text = ([Sample.columns] + rows).joined(separator: "\n")
    let first = try await enrolled.reporter.bulk("throughput/bulk", text)
    #expect(first.status == 200)
    #expect(first.header("Content-Type") == "application/x-ndjson")
    #expect(outcomes(first) == ["2 created", "3 created", "4 created"])
    let again = try await enrolled.reporter.bulk("throughput/bulk", text)
    #expect(outcomes(again) == ["2 unchanged", "3 unchanged", "4 unchanged"])
    #expect(again.lines[0]["id"] == first.lines[0]["id"])
    let changed = [
      rows[0], Sample.row(enrolled.facility, "2025-02", input: "951") + ",recounted",
      Sample.row(enrolled.facility, "2025-03", input: "952") + ",",
      Sample.row(enrolled.facility, "2025-13") + ",",
    ]
    let third = try await enrolled.reporter.bulk(
      "throughput/bulk",
      ([Sample.columns + ",reason", changed[0] + ","] + changed[1...]).joined(separator: "\n"))
    #expect(outcomes(third) == ["2 unchanged", "3 revised", "4 refused", "5 refused"])
    let refusals = third.lines.compactMap {
      $0["problem"]?["errors"]?.elements.first?["pointer"]?.text
    }
    #expect(refusals == ["/reason", "/month"])
    #expect(
      ["rows", "created", "unchanged", "revised", "refused"].map { third.count($0) }
        == [4, 0, 1, 1, 2])
    let id = try #require(first.lines[1]["id"]?.text)
    #expect(try await enrolled.reporter.get("throughput/\(id)")["revision"]?.int == 2)
  }

  @Test("NDJSON rows are the bodies of single reports, and empty lines keep the numbering")
  func ndjson() async throws {
    let (_, enrolled) = try await enrolled()
    let line = { (json: JSON) in String(decoding: json.bytes, as: UTF8.self) }
    let good = Sample.report(enrolled.facility)
    let text = [
      line(good), "", "  ", line(good.with("month", "2025-02")), "{", "[]",
      line(good.with("input", Sample.mass("951")).with("reason", "recounted")),
    ].joined(separator: "\r\n")
    let reply = try await enrolled.reporter.bulk(
      "throughput/bulk", text, type: "application/x-ndjson")
    #expect(
      outcomes(reply) == ["1 created", "4 created", "5 refused", "6 refused", "7 revised"])
  }

  @Test("Empty lines of a CSV file keep the numbering too")
  func emptyLines() async throws {
    let (_, enrolled) = try await enrolled()
    let text = "\(Sample.columns)\n\n\(Sample.row(enrolled.facility, "2025-01"))\n"
    let reply = try await enrolled.reporter.bulk("throughput/bulk", text)
    #expect(outcomes(reply) == ["3 created"])
  }

  @Test("A byte order mark, CRLF, quoting and GB18030 are read as Chinese Excel writes them")
  func excel() async throws {
    let (_, enrolled) = try await enrolled()
    let row = Sample.row(enrolled.facility, "2025-01").replacing(
      "first report", with: "\"首次, \"\"报告\"\"\"")
    let text = "\(Sample.columns)\r\n\(row)\r\n"
    let marked = try await enrolled.reporter.post(
      "throughput/bulk", bytes: [0xEF, 0xBB, 0xBF] + Array(text.utf8), key: nil, type: "text/csv")
    #expect(outcomes(marked) == ["2 created"], "\(marked.text)")
    // 首次 报告 in GB18030.
    let gb: [Character: [UInt8]] = [
      "首": [0xCA, 0xD7], "次": [0xB4, 0xCE], "报": [0xB1, 0xA8], "告": [0xB8, 0xE6],
    ]
    let bytes = text.flatMap { gb[$0] ?? Array(String($0).utf8) }
    let declared = try await enrolled.reporter.post(
      "throughput/bulk", bytes: bytes, key: nil, type: "text/csv; charset=GB18030")
    #expect(outcomes(declared) == ["2 unchanged"], "\(declared.text)")
    let silent = try await enrolled.reporter.post(
      "throughput/bulk", bytes: bytes, key: nil, type: "text/csv")
    #expect(outcomes(silent) == ["2 refused"])
    #expect(silent.text.contains("GB18030"), "it does not say what to declare")
    let zipped = try await enrolled.reporter.post(
      "throughput/bulk", bytes: try Gzip.compress(bytes), key: nil,
      type: "text/csv; charset=\"gb18030\"", encoding: "gzip")
    #expect(outcomes(zipped) == ["2 unchanged"], "\(zipped.text)")
  }

  @Test("Rows that cannot be read are refused one by one, and the good ones between are taken")
  func quoting() async throws {
    let (_, enrolled) = try await enrolled()
    let row = { (month: String, reason: String) in
      Sample.row(enrolled.facility, month).replacing("first report", with: reason)
    }
    let text = [
      Sample.columns, row("2025-01", "a\"b"), row("2025-02", "\"a\"b"), row("2025-03", "good"),
      row("2025-04", "a,b"), "x", row("2025-05", "a\0b"), row("2025-06", "good"),
      row("2025-07", "a\rb"), row("2025-08", "=cmd()"), row("2025-09", "\"not closed"),
    ].joined(separator: "\n")
    let reply = try await enrolled.reporter.bulk("throughput/bulk", text)
    #expect(
      outcomes(reply) == [
        "2 refused", "3 refused", "4 created", "5 refused", "6 refused", "7 refused", "8 created",
        "9 refused", "10 created", "11 refused",
      ])
    #expect(reply.lines.allSatisfy { $0["outcome"]?.text != "refused" || $0["problem"] != nil })
  }

  @Test("Invalid UTF-8 refuses its row only")
  func invalidUTF8() async throws {
    let (_, enrolled) = try await enrolled()
    let rows = (1...2).map { Array(Sample.row(enrolled.facility, "2025-0\($0)").utf8) + [0x0A] }
    let broken = rows[0].map { $0 == UInt8(ascii: "f") ? 0xFF : $0 }
    let bytes = Array((Sample.columns + "\n").utf8) + broken + rows[1]
    let reply = try await enrolled.reporter.post(
      "throughput/bulk", bytes: bytes, key: nil, type: "text/csv")
    #expect(outcomes(reply) == ["2 refused", "3 created"])
  }

  @Test(
    "A header with a column twice, with spaces or not, refuses the file",
    arguments: ["metal,metal", "metal, metal", "\"metal\",month,metal", "\"metal"])
  func header(text: String) async throws {
    let (witness, enrolled) = try await enrolled()
    try await expectNothingWritten(witness) {
      let reply = try await enrolled.reporter.bulk("throughput/bulk", text + "\nsteel,steel\n")
      #expect(reply.lines.last?["problem"]?["status"]?.int == 400, "\(reply.text)")
      #expect(reply.count("rows") == 0)
    }
  }

  @Test("An unknown column is named in each row; a missing one too")
  func columns() async throws {
    let (witness, enrolled) = try await enrolled()
    try await expectNothingWritten(witness) {
      let row = Sample.row(enrolled.facility, "2025-01")
      let extra = try await enrolled.reporter.bulk(
        "throughput/bulk", "\(Sample.columns),colour\n\(row),red\n")
      #expect(extra.text.contains("/colour"))
      let missing = try await enrolled.reporter.bulk(
        "throughput/bulk", "facility_id,metal\n\(enrolled.facility),steel\n")
      for name in ["/month", "/opening", "/closing", "/input"] {
        #expect(missing.text.contains(name))
      }
    }
  }

  @Test("Files of other types, charsets and encodings are refused before they are read")
  func types() async throws {
    let (witness, enrolled) = try await enrolled()
    try await expectNothingWritten(witness) {
      for type in ["application/json", "text/plain", "", "text/csv; charset=utf-16"] {
        let reply = try await enrolled.reporter.bulk("throughput/bulk", "x", type: type)
        #expect(reply.status == 415, "\(type)")
      }
      let brotli = try await enrolled.reporter.bulk("throughput/bulk", "x", encoding: "br")
      #expect(brotli.status == 415)
      #expect(try await witness.bulk("throughput/bulk", "x").status == 403)
    }
  }

  @Test("A gzip bomb, truncated gzip and broken GB18030 end with a summary that says so")
  func bombs() async throws {
    let (witness, enrolled) = try await enrolled()
    let text = Array("\(Sample.columns)\n\(Sample.row(enrolled.facility, "2025-01"))\n".utf8)
    let member = try Gzip.compress([UInt8](repeating: 0x20, count: 10 << 20))
    let bomb = [[UInt8]](repeating: member, count: 20).flatMap { $0 }
    let cases = [
      (bomb, "gzip", "text/csv", 413),
      (Array(try Gzip.compress(text).dropLast(9)), "gzip", "text/csv", 400),
      (text + [0x81], nil, "text/csv; charset=gb18030", 400),
      ([0xFF, 0xFF] + text, nil, "text/csv; charset=gb18030", 400),
    ]
    try await expectNothingWritten(witness) {
      for (body, encoding, type, status) in cases {
        let reply = try await enrolled.reporter.post(
          "throughput/bulk", bytes: body, key: nil, type: type, encoding: encoding)
        #expect(reply.status == 200)
        #expect(reply.lines.last?["problem"]?["status"]?.int == status, "\(reply.text)")
      }
    }
    #expect(try RunningRegistry.current.highWaterMegabytes < 400)
  }

  @Test("A row over 64 KiB is refused, and the ones after it are taken")
  func longRow() async throws {
    let (_, enrolled) = try await enrolled()
    let long = String(repeating: "x", count: 70_000)
    let text = [Sample.columns, long, Sample.row(enrolled.facility, "2025-01")]
    let reply = try await enrolled.reporter.bulk("throughput/bulk", text.joined(separator: "\n"))
    #expect(outcomes(reply) == ["2 refused", "3 created"])
    #expect(reply.text.contains("65536"))
  }

  @Test(
    "A line of 100 MB is answered, in little memory",
    arguments: ["text/csv", "application/x-ndjson"])
  func hundredMegabytes(type: String) async throws {
    let (witness, enrolled) = try await enrolled()
    let registry = try RunningRegistry.current
    let start = "\(Sample.columns)\n"
    let piece = [UInt8](repeating: 0x78, count: 1_000_000)
    let head =
      "POST /registry/v1/throughput/bulk HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer \(enrolled.reporter.token)\r\nContent-Type: \(type)\r\nContent-Length: \(start.utf8.count + 100_000_000)\r\n\r\n\(start)"
    try await expectNothingWritten(witness) {
      let reply = await Wire(port: registry.port).exchange(head, repeating: piece, times: 100)
      #expect(reply.status == 200)
      #expect(reply.problem != nil, "\(reply.text.suffix(300))")
      #expect(reply.text.contains("413"))
      #expect(reply.isEnded)
    }
    #expect(try registry.highWaterMegabytes < 400)
  }

  @Test("Two thousand rows in one file are written, each once, and counted")
  func many() async throws {
    let (_, enrolled) = try await enrolled()
    var months: [String] = []
    for year in 2010...2024 {
      for month in 1...12 { months.append(Month(year: year, month: month).description) }
    }
    let rows = (0..<2000).map { Sample.row(enrolled.facility, months[$0 % months.count]) }
    let reply = try await enrolled.reporter.bulk(
      "throughput/bulk", ([Sample.columns] + rows).joined(separator: "\n"))
    #expect(reply.count("rows") == 2000)
    #expect(reply.count("created") == months.count)
    #expect(reply.count("unchanged") == 2000 - months.count)
    #expect(reply.lines.dropLast().map { $0["row"]?.int } == (2...2001).map { $0 })
  }

  @Test("Another organisation's facility is refused row by row as not found")
  func strangers() async throws {
    let (witness, enrolled) = try await enrolled()
    let stranger = try await Enrolled(by: witness)
    let text = [
      Sample.columns, Sample.row(stranger.facility, "2025-01"),
      Sample.row(enrolled.facility, "2025-01"),
    ]
    let reply = try await enrolled.reporter.bulk("throughput/bulk", text.joined(separator: "\n"))
    #expect(outcomes(reply) == ["2 refused", "3 created"])
    #expect(reply.lines[0]["problem"]?["status"]?.int == 404)
  }
}

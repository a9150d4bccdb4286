import ArgumentParser
import Foundation
import Models

/// A file of rows on the command line.
struct FileArguments: ParsableArguments {
  enum Charset: String, ExpressibleByArgument, CaseIterable {
    case utf8 = "utf-8"
    case gb18030

    var name: String { self == .utf8 ? "UTF-8" : "GB18030" }
  }

  @Argument(help: "The file (.csv or .ndjson), or - for standard input.")
  var file: String

  @Option(help: "csv or ndjson, where the file's name does not say it.")
  var format: String?

  @Option(help: "utf-8, or gb18030 for a CSV file saved by Chinese Excel.")
  var charset: Charset = .utf8

  func submit(to path: String, asJSON: Bool) async throws {
    let format = try fileFormat()
    let (handle, size) = try open()
    let progress = Progress(file == "-" ? "standard input" : file, totalBytes: size)
    var submission = FileSubmission(
      api: try LedgerAPI.current(), path: path, format: format, charset: charset.name,
      asJSON: asJSON, progress: progress)
    var splitter = RowSplitter(quoting: format == .csv)
    while let chunk = try handle.read(upToCount: 1 << 18), !chunk.isEmpty {
      var rows: [FileRow] = []
      splitter.feed([UInt8](chunk)) { rows.append($0) }
      for row in rows { try await submission.take(row) }
    }
    var last: [FileRow] = []
    splitter.finish { last.append($0) }
    for row in last { try await submission.take(row) }
    try await FileArguments.conclude(&submission)
  }

  /// Prints the summary and leaves with the exit code that fits it.
  static func conclude(_ submission: inout FileSubmission) async throws {
    let tally = try await submission.finish()
    if submission.asJSON {
      Terminal.output(tally.json.bytes + [0x0A])
    } else {
      Terminal.output(tally.text)
    }
    if tally.exit != .done { throw ExitCode(tally.exit.rawValue) }
  }

  private func fileFormat() throws -> FileSubmission.Format {
    let name = format ?? (file.split(separator: ".").last.map(String.init) ?? "").lowercased()
    switch name {
    case "csv": return .csv
    case "ndjson", "jsonl": return .ndjson
    default:
      throw LocalFailure(.usage, "Say what the file is: --format csv or --format ndjson.")
    }
  }

  private func open() throws -> (FileHandle, Int?) {
    if file == "-" { return (.standardInput, nil) }
    guard let handle = FileHandle(forReadingAtPath: file) else {
      throw LocalFailure(.usage, "\(file) cannot be read: is it there, and may you read it?")
    }
    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
    return (handle, attributes?[.size] as? Int)
  }
}

import Foundation
import Logging
import Models

/// One line per event on standard error, for people or as JSON.
struct LogLines: LogHandler {
  private let label: String
  private let asJSON: Bool
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  static func logger(_ name: String, settings: Settings) throws -> Logger {
    let levels = Logger.Level.allCases.map(\.rawValue)
    let level = try settings.word("log.level", default: "info", of: levels)
    let format = try settings.word("log.format", default: "human", of: ["human", "json"])
    return Logger(label: name) { label in
      LogLines(
        label: label, asJSON: format == "json", logLevel: Logger.Level(rawValue: level) ?? .info)
    }
  }

  init(label: String, asJSON: Bool, logLevel: Logger.Level) {
    self.label = label
    self.asJSON = asJSON
    self.logLevel = logLevel
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var fields = metadata.merging(event.metadata ?? [:]) { $1 }
    if let trace = Trace.current { fields["trace"] = "\(trace.parent)" }
    let pairs = fields.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    let now = Clock.system.now()
    var line: [UInt8]
    if asJSON {
      let members = [
        JSON.Member("time", now.json), .init("level", .string(event.level.rawValue)),
        .init("service", .string(label)), .init("message", .string("\(event.message)")),
      ]
      line = JSON.object(members + pairs.map { .init($0.0, .string($0.1)) }).bytes
    } else {
      let tail = pairs.map { " \($0.0)=\($0.1)" }.joined()
      let text = "\(now) \(event.level.rawValue) \(label): \(event.message)\(tail)"
      line = Array(text.replacing("\n", with: " ").utf8)
    }
    line.append(0x0A)
    FileHandle.standardError.write(Data(line))
  }
}

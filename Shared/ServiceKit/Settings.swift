import Configuration
import Foundation
import SystemPackage

/// A service's settings: environment variables (`REMELT_HTTP_PORT`) over a JSON file named by
/// `REMELT_CONFIG` (`{"http": {"port": 8081}}`) over defaults.
package struct Settings: Sendable {
  /// A setting that cannot be used, in a sentence that says what to write instead.
  package struct Unusable: Error, CustomStringConvertible {
    package let description: String
  }

  private let reader: ConfigReader

  package init() async throws {
    var providers: [any ConfigProvider] = [
      EnvironmentVariablesProvider().prefixKeys(with: "remelt")
    ]
    if let path = ProcessInfo.processInfo.environment["REMELT_CONFIG"], !path.isEmpty {
      do {
        providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(path)))
      } catch {
        throw Unusable(
          description:
            "REMELT_CONFIG names \(path), which cannot be read as JSON: \(error). Write the path of a JSON file such as {\"http\": {\"port\": 8081}}."
        )
      }
    }
    reader = ConfigReader(providers: providers)
  }

  /// The name of a key as an environment variable.
  private static func variable(_ key: String) -> String {
    "REMELT_" + key.uppercased().replacing(".", with: "_")
  }

  package func text(_ key: String, default absent: String) -> String {
    let value =
      reader.string(forKey: ConfigKey(key)) ?? reader.int(forKey: ConfigKey(key)).map(String.init)
    return value.flatMap { $0.isEmpty ? nil : $0 } ?? absent
  }

  package func int(_ key: String, default absent: Int, in range: ClosedRange<Int>) throws -> Int {
    let text = text(key, default: String(absent))
    guard let value = Int(text), range.contains(value) else {
      throw Unusable(
        description:
          "\(Self.variable(key)) (\(key)) is \"\(text)\": write a whole number from \(range.lowerBound) to \(range.upperBound), such as \(absent)."
      )
    }
    return value
  }

  /// One of a list of words.
  package func word(_ key: String, default absent: String, of words: [String]) throws -> String {
    let text = text(key, default: absent)
    guard words.contains(text) else {
      throw Unusable(
        description:
          "\(Self.variable(key)) (\(key)) is \"\(text)\": write one of \(words.joined(separator: ", "))."
      )
    }
    return text
  }

  /// An http or https address without a slash at its end.
  package func url(_ key: String, default absent: String) throws -> String {
    let text = text(key, default: absent)
    guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host() != nil,
      url.query() == nil, !text.hasSuffix("/")
    else {
      throw Unusable(
        description:
          "\(Self.variable(key)) (\(key)) is \"\(text)\": write an address such as \(absent), without a slash at its end."
      )
    }
    return text
  }
}

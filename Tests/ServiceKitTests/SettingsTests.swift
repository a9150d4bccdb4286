import ServiceKit
import Testing

/// That environment and file are read is tested with a real process, in ProcessorRegistryTests.
@Suite("Settings, and the sentence that a wrong one is refused with")
struct SettingsTests {
  private func refusal(_ body: (Settings) throws -> Void) async throws -> String? {
    do {
      try body(try await Settings())
      return nil
    } catch let unusable as Settings.Unusable {
      return unusable.description
    }
  }

  @Test("A setting that is not set has its default")
  func defaults() async throws {
    let settings = try await Settings()
    #expect(settings.text("no.such.text", default: "a") == "a")
    #expect(try settings.int("no.such.number", default: 5, in: 0...9) == 5)
    #expect(try settings.word("no.such.word", default: "a", of: ["a", "b"]) == "a")
    #expect(try settings.url("no.such.url", default: "http://x:1/y") == "http://x:1/y")
  }

  @Test("A number outside its range is refused with the variable's name and the range")
  func number() async throws {
    let text = try await refusal { _ = try $0.int("some.port", default: 10, in: 0...9) }
    let said = try #require(text)
    for part in ["REMELT_SOME_PORT", "some.port", "\"10\"", "from 0 to 9"] {
      #expect(said.contains(part), "\(said)")
    }
  }

  @Test("A word that is not in the list is refused with the list")
  func word() async throws {
    let text = try await refusal { _ = try $0.word("some.word", default: "c", of: ["a", "b"]) }
    #expect(text?.contains("write one of a, b") == true)
  }

  @Test(
    "An address is http or https, with a host, without a query and without a slash at its end",
    arguments: ["", "x", "ftp://x", "http://", "http://x/", "http://x?a=1", "//x", "http:x"])
  func url(text: String) async throws {
    #expect(try await refusal { _ = try $0.url("some.url", default: text) } != nil)
  }
}

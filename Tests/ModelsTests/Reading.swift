import Testing

@testable import Models

/// What a model makes of a JSON text, or the problem that refuses it.
func read<Model>(_ text: String, as model: (Fields) -> Model?) throws -> Model {
  try Fields.read(Array(text.utf8), as: model)
}

/// The wrong fields of a text that must be refused, as "pointer: detail".
func mistakes<Model>(
  _ text: String, as model: (Fields) -> Model?,
  at location: SourceLocation = #_sourceLocation
) -> [String] {
  do {
    _ = try read(text, as: model)
    Issue.record("it was accepted", sourceLocation: location)
  } catch let problem as Problem {
    return problem.fields.map { "\($0.pointer): \($0.detail)" }
  } catch {
    Issue.record(error, sourceLocation: location)
  }
  return []
}

/// The pointers of the wrong fields of a text that must be refused.
func pointers<Model>(
  _ text: String, as model: (Fields) -> Model?, at location: SourceLocation = #_sourceLocation
) -> [String] {
  mistakes(text, as: model, at: location).map { String($0.prefix { $0 != ":" }) }
}

import Models

/// The ledger's answer when it refuses: its problem document, made readable.
struct Refusal: CommandFailure {
  let status: Int
  /// The problem object, or nil where the answer was something else.
  let problem: JSON?
  let text: String

  init(status: Int, body: [UInt8]) {
    self.status = status
    let parsed = try? JSONParser.parse(body)
    problem = parsed
    text = String(decoding: body.prefix(500), as: UTF8.self)
  }

  var exit: Exit { Exit.from(status: status) }

  /// The kind, such as `duplicate`.
  var kind: String? {
    problem?["type"]?.text.map { $0.replacing("urn:remelt:problem:", with: "") }
  }

  var description: String {
    guard let problem else { return "The ledger answered \(status): \(text)" }
    return ([heading(problem)] + Refusal.details(problem)).joined(separator: "\n")
  }

  private func heading(_ problem: JSON) -> String {
    if let title = problem["title"]?.text {
      return "\(title) (\(status)). \(problem["detail"]?.text ?? "")"
    }
    let error = problem["error"]?.text ?? text
    return "\(error) (\(status)). \(problem["error_description"]?.text ?? "")"
  }

  /// Every wrong field, then whatever else the problem names, such as the candidates.
  static func details(_ problem: JSON) -> [String] {
    let fields = (problem["errors"]?.elements ?? []).map {
      "  \($0["pointer"]?.text ?? "")  \($0["detail"]?.text ?? "")"
    }
    guard case .object(let members) = problem else { return fields }
    let usual = ["type", "title", "status", "detail", "errors", "error", "error_description"]
    return fields
      + members.filter { !usual.contains($0.name) }.flatMap { member in
        member.value.elements.isEmpty
          ? ["  \(member.name): \(Card.inline(member.value))"]
          : member.value.elements.map { "  \(member.name): \(Card.inline($0))" }
      }
  }

  /// One line for a refused row of a file.
  static func line(_ problem: JSON?) -> String {
    guard let problem else { return "refused" }
    let fields = (problem["errors"]?.elements ?? []).map {
      "\($0["pointer"]?.text ?? "") \($0["detail"]?.text ?? "")".trimmingSpace
    }
    if !fields.isEmpty { return fields.joined(separator: "; ") }
    return problem["detail"]?.text ?? problem["title"]?.text ?? "refused"
  }
}

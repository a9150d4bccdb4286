import Models

/// A set of tables that is given a name and never changes again.
struct PublicationDraft: Sendable {
  struct Table: Sendable {
    let title: String
    /// The same names and texts as a query's.
    let question: [String: String]

    init?(_ fields: Fields) {
      let title = fields.text("title", maximum: 200)
      let question = fields.object("question") { texts -> [String: String]? in
        var found: [String: String] = [:]
        for name in FigureQuestion.names {
          found[name] = texts.text(name, required: false, maximum: 1000)
        }
        texts.end()
        return found
      }
      fields.end()
      guard let title, let question else { return nil }
      self.title = title
      self.question = question
    }
  }

  let name: String
  let stage: FigureState
  let note: String?
  let replaces: ID?
  let tables: [Table]

  static let mostTables = 10
  static let mostRows = 5000

  init?(_ fields: Fields) {
    let name = fields.text("name", maximum: 200)
    let stage = fields.word("stage", as: FigureState.self)
    note = fields.text("note", required: false, maximum: 1000)
    replaces = fields.id("replaces", required: false)
    tables = fields.list("tables", as: Table.init)
    fields.end()
    let number = fields.optional("tables")?.elements.count ?? 0
    if number == 0 { fields.wrong("tables", "at least one table is published") }
    if number > Self.mostTables {
      fields.wrong("tables", "at most \(Self.mostTables) tables are published together")
    }
    guard let name, let stage else { return nil }
    self.name = name
    self.stage = stage
  }

  /// Each table's question, with the pointer of its place where it cannot be asked.
  func questions(at now: Instant) throws(Problem) -> [FigureQuestion] {
    var found: [FigureQuestion] = []
    for (number, table) in tables.enumerated() {
      do throws(Problem) {
        let question = try FigureQuestion(table.question, today: now.dayInChina)
        guard question.asOf.map({ $0 <= now }) ?? true, question.date <= now.dayInChina else {
          throw Problem.field(
            question.date > now.dayInChina ? "?date" : "?as_of",
            "what is not known yet is not published")
        }
        // An ownership group may be one firm, whose figures are not for everybody.
        guard !question.needsFacilities else {
          throw Problem.field(
            question.by.contains(.group) ? "?by" : "?group",
            "figures of ownership groups are not published")
        }
        found.append(question)
      } catch {
        throw error.moved(to: "/tables/\(number)/question")
      }
    }
    return found
  }
}

import ArgumentParser
import Models

/// The group of commands of one kind of report.
struct ReportCommand<Kind: ReportKind>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Kind.command, abstract: "Submit, read, revise and withdraw monthly reports.",
      discussion: "Example: remelt \(Kind.command) list --from 2026-01 --to 2026-03",
      subcommands: [
        ReportSubmit<Kind>.self, ReportNil<Kind>.self, ReportSubmitFile<Kind>.self,
        ReportList<Kind>.self, ReportShow<Kind>.self, ReportRevisions<Kind>.self,
        ReportRevise<Kind>.self, ReportWithdraw<Kind>.self, ReportReceipt<Kind>.self,
      ])
  }
}

struct ReportSubmit<Kind: ReportKind>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "submit", abstract: "Submit \(Kind.words.unit).",
      discussion: Kind.words.submit)
  }

  @OptionGroup var fields: Kind.Fields
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let body = try await fields.json(api, isNew: true)
    try output.show(try await api.post(Kind.path, body))
  }
}

struct ReportNil<Kind: ReportKind>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "nil", abstract: "Report that \(Kind.words.nilReturn) (零报告).",
      discussion: "Example: remelt \(Kind.command) nil \(Kind.words.nilExample)")
  }

  @OptionGroup var which: Kind.NilReturn
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let body = Body.merged(try await which.json(api, isNew: true), .members(["nil": true]))
    try output.show(try await api.post(Kind.path, body))
  }
}

struct ReportSubmitFile<Kind: ReportKind>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "submit-file", abstract: "Submit the reports of a CSV or NDJSON file.",
      discussion: """
        A row is known by \(Kind.words.identity): a file sent twice changes nothing, and a row \
        that differs from its report revises it if it gives a reason. Refused rows are printed \
        with the file's own row numbers; the others are taken.

        Example: remelt \(Kind.command) submit-file 2026-01.csv --charset gb18030
        """)
  }

  @OptionGroup var file: FileArguments
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await file.submit(to: "\(Kind.path)/bulk", asJSON: output.asJSON)
  }
}

import ArgumentParser

/// `remelt`: the command line of reporters and operators. It speaks the public API only,
/// but for what moves and verifies a service's database.
@main
struct Remelt: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remelt",
    abstract: "Reports, registers and reads the ledger of scrap and recycled metal.",
    discussion: """
      Sign in once with the key you were handed; every other command then knows where the ledger \
      is and who you are. The environment overrides what was stored: REMELT_KEY, REMELT_REGISTRY, \
      REMELT_RECYCLED_INPUT, REMELT_HYDROGEN_USE, REMELT_DASHBOARD; REMELT_HOME is the folder it is \
      stored in.

      Example: remelt sign-in --registry http://127.0.0.1:8081 --key-file operator.key

      Results go to standard output, as a table or with --json as the ledger sent them; progress, \
      refused rows and errors go to standard error.

      Exit codes:
        0  done
        1  the ledger refused; every wrong field is printed
        2  the command was not written as it must be, or a local file cannot be read
        3  the ledger cannot be reached or is not ready
        4  not signed in, or not allowed
        5  some rows of a file were refused, the others were taken
      """,
    subcommands: [
      SignIn.self, SignOut.self, WhoAmI.self, CredentialCommand.self, KeyCommand.self,
      OrganisationCommand.self, FacilityCommand.self, QualificationCommand.self,
      ReportCommand<ThroughputKind>.self, ReportCommand<RecycledInputKind>.self,
      ReportCommand<HydrogenUseKind>.self, ReviewCommand.self, DashboardCommand.self,
      DemoCommand.self, VerifyStore.self,
      MoveStore.self, Version.self,
    ])

  static func main() async {
    do {
      let command = try parseAsRoot()
      if var running = command as? any AsyncParsableCommand {
        try await running.run()
      } else {
        var running = command
        try running.run()
      }
    } catch {
      leave(because: error)
    }
  }

  /// Every way out that is not success, in one place.
  private static func leave(because error: any Error) -> Never {
    if let failure = error as? any CommandFailure {
      Terminal.error("\(failure)")
      exit(withCode: failure.exit)
    }
    if exitCode(for: error) == .success {
      Terminal.output(fullMessage(for: error))
      exit(withCode: .done)
    }
    if !(error is ExitCode) { Terminal.error(fullMessage(for: error)) }
    exit(withCode: Exit.from(exitCode(for: error)))
  }

  private static func exit(withCode code: Exit) -> Never {
    exit(withError: ExitCode(code.rawValue))
  }
}

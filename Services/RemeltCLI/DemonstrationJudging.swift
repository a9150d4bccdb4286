import Models

/// Records the qualification histories: the yards apply, the operator judges.
struct DemonstrationJudging {
  let api: LedgerAPI
  let demonstration: Demonstration
  let ids: [Int: String]

  /// The steps that are not recorded yet, in their order.
  struct Missing {
    let path: String
    let applies: Bool
    let body: JSON
  }

  func missing() async throws -> [Missing] {
    var missing: [Missing] = []
    for site in demonstration.sites {
      guard let id = ids[site.index],
        let qualification = DemonstrationQualification(site, demonstration)
      else { continue }
      let path = QualificationCommand.path(id)
      let recorded = try await api.get(path).json()["items"]?.elements.count ?? 0
      missing += qualification.steps.dropFirst(recorded).map {
        Missing(path: path, applies: $0.event == .applied, body: qualification.json($0))
      }
    }
    return missing
  }

  /// - Parameter reporter: the API as the yards; who applies cannot judge.
  func record(_ steps: [Missing], reporter: LedgerAPI) async throws {
    for step in steps {
      _ = try await (step.applies ? reporter : api).post(step.path, step.body)
    }
  }
}

import Models

/// Takes reports of one kind through their review.
struct DemonstrationReviewing {
  let path: String
  /// Who judges, and is nobody's reporter; to look only, anybody.
  let api: LedgerAPI

  /// The steps that are still to be taken.
  /// - Parameter id: the report's, where it stands.
  func missing(_ review: DemonstrationReview, of id: String?) async throws
    -> [DemonstrationReview.Step]
  {
    guard let id else { return review.steps }
    return review.missing(try await api.get("\(path)/\(id)/review").json())
  }

  /// Takes them: the reporter answers and proposes, the verifier does the rest.
  /// - Returns: how many there were.
  func take(
    _ review: DemonstrationReview, of id: String, revised: JSON, reporter: LedgerAPI
  ) async throws -> Int {
    let steps = try await missing(review, of: id)
    let report = "\(path)/\(id)"
    for step in steps {
      let version = try await api.get(report).version()
      switch step {
      case .propose:
        let reason = JSON.members(["reason": "A delivery was booked late 到货补记"])
        _ = try await reporter.put(report, Body.merged(revised, reason), ifMatch: version)
      case .take(let action):
        let body = JSON.members([
          "action": .string(action.rawValue), "text": .text(DemonstrationReview.text(action)),
        ])
        _ = try await (action == .answer ? reporter : api).post(
          "\(report)/review", body, ifMatch: version)
      }
    }
    return steps.count
  }
}

import Models

/// What becomes of a few reports after they were submitted.
enum DemonstrationReview: Int, CaseIterable {
  case questioned
  case answered
  case acceptedAfterAnswer
  case accepted
  case locked
  /// Locked, and a revision waits for a second person.
  case revisionProposed
  case revisionAccepted
  case revisionRefused

  enum Step: Equatable {
    case take(ReviewAction)
    /// A revision of the locked report.
    case propose

    /// The word under which the ledger tells of it.
    fileprivate var word: String {
      switch self {
      case .take(let action): action.rawValue
      case .propose: "propose_revision"
      }
    }
  }

  /// - Parameter drawn: a number of which each story has its own, and most have none.
  init?(drawn: Int) { self.init(rawValue: drawn) }

  var steps: [Step] {
    let locked: [Step] = [.take(.accept), .take(.lock)]
    switch self {
    case .questioned: return [.take(.question)]
    case .answered: return [.take(.question), .take(.answer)]
    case .acceptedAfterAnswer: return [.take(.question), .take(.answer), .take(.accept)]
    case .accepted: return [.take(.accept)]
    case .locked: return locked
    case .revisionProposed: return locked + [.propose]
    case .revisionAccepted: return locked + [.propose, .take(.acceptRevision)]
    case .revisionRefused: return locked + [.propose, .take(.refuseRevision)]
    }
  }

  /// The steps that are still to be taken; none where somebody else has gone on with it, whose word
  /// stands.
  /// - Parameter review: the report's review as the ledger has it.
  func missing(_ review: JSON) -> [Step] {
    let taken = (review["steps"]?.elements ?? []).compactMap { $0["action"]?.text }
    return steps.map(\.word).starts(with: taken) ? Array(steps.dropFirst(taken.count)) : []
  }

  static func text(_ action: ReviewAction) -> String? {
    switch action {
    case .question: "Please check this against the weighbridge's records 请核对磅单"
    case .answer: "Checked: the figures are right 已核对, 数据无误"
    case .refuseRevision: "The records do not show it 依据不足"
    case .accept, .lock, .acceptRevision: nil
    }
  }
}

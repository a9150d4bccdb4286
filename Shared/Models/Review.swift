/// Where a report is in its review: submitted → questioned ↔ answered → accepted → locked.
package enum ReviewState: String, CaseIterable, Sendable {
  case submitted, questioned, answered, accepted, locked

  /// What an action makes of it, or nil where the action cannot be taken.
  package func after(_ action: ReviewAction) -> ReviewState? {
    switch (self, action) {
    case (.submitted, .question), (.answered, .question): .questioned
    case (.questioned, .answer): .answered
    case (.submitted, .accept), (.answered, .accept): .accepted
    case (.accepted, .lock): .locked
    case (.locked, .acceptRevision), (.locked, .refuseRevision): .locked
    default: nil
    }
  }

  /// What a revision makes of it: figures that have changed are looked at anew, and to correct them
  /// answers a question. Locked figures change only when a second person accepts the revision.
  package var afterRevision: ReviewState {
    switch self {
    case .submitted, .accepted: .submitted
    case .questioned, .answered: .answered
    case .locked: .locked
    }
  }

  package var actions: [ReviewAction] { ReviewAction.allCases.filter { after($0) != nil } }
}

package enum ReviewAction: String, CaseIterable, Sendable {
  case question, answer, accept, lock
  /// Lets a revision of a locked report count.
  case acceptRevision = "accept_revision"
  case refuseRevision = "refuse_revision"

  /// Whether it means nothing without words.
  package var needsText: Bool { [.question, .answer, .refuseRevision].contains(self) }
}

/// A step of a review as its reader asks for it.
package struct ReviewStep: Sendable, Equatable {
  package let action: ReviewAction
  package let text: String?

  package init?(_ fields: Fields) {
    let action = fields.word("action", as: ReviewAction.self)
    text = fields.text("text", required: false, maximum: 1000)
    fields.end()
    guard let action else { return nil }
    self.action = action
    if action.needsText, !fields.has("text") {
      fields.wrong("text", "is required: say what is asked, answered or refused")
    }
  }
}

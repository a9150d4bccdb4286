import Testing

@testable import Models

struct ReviewTests {
  /// Every step that can be taken; each that does not stand here cannot.
  static let steps: [ReviewState: [ReviewAction: ReviewState]] = [
    .submitted: [.question: .questioned, .accept: .accepted],
    .questioned: [.answer: .answered],
    .answered: [.question: .questioned, .accept: .accepted],
    .accepted: [.lock: .locked],
    .locked: [.acceptRevision: .locked, .refuseRevision: .locked],
  ]

  @Test(
    "An action leads from a state to the one the flow names, or cannot be taken",
    arguments: ReviewState.allCases, ReviewAction.allCases)
  func transitions(_ state: ReviewState, _ action: ReviewAction) throws {
    let steps = try #require(Self.steps[state])
    #expect(state.after(action) == steps[action])
    #expect(state.actions.contains(action) == (steps[action] != nil))
  }

  @Test("The states and actions are the words of the wire, five and six")
  func words() {
    #expect(
      ReviewState.allCases.map(\.rawValue) == [
        "submitted", "questioned", "answered", "accepted", "locked",
      ])
    #expect(
      ReviewAction.allCases.map(\.rawValue) == [
        "question", "answer", "accept", "lock", "accept_revision", "refuse_revision",
      ])
  }

  @Test(
    "Changed figures are looked at anew, answer a question, and do not open what is locked",
    arguments: [
      (.submitted, .submitted), (.questioned, .answered), (.answered, .answered),
      (.accepted, .submitted), (.locked, .locked),
    ] as [(ReviewState, ReviewState)])
  func revisions(_ state: ReviewState, _ expected: ReviewState) {
    #expect(state.afterRevision == expected)
  }

  @Test(
    "Who asks, answers or refuses says what",
    arguments: [
      ("question", true), ("answer", true), ("accept", false), ("lock", false),
      ("accept_revision", false), ("refuse_revision", true),
    ])
  func needsText(_ action: String, _ needsText: Bool) throws {
    let bare = "{\"action\": \"\(action)\"}"
    if needsText {
      #expect(pointers(bare, as: ReviewStep.init) == ["/text"])
      let null = "{\"action\": \"\(action)\", \"text\": null}"
      #expect(pointers(null, as: ReviewStep.init) == ["/text"])
    } else {
      let step = try read(bare, as: ReviewStep.init)
      #expect(step.action.rawValue == action && step.text == nil)
    }
    let step = try read("{\"action\": \"\(action)\", \"text\": \" why? \"}", as: ReviewStep.init)
    #expect(step.action == ReviewAction(rawValue: action) && step.text == "why?")
  }

  @Test(
    "A step with a wrong word, a bad text or a strange member is refused at each, once",
    arguments: [
      ("{}", ["/action"]), (#"{"action": "approve"}"#, ["/action"]),
      (#"{"action": "answer", "text": ""}"#, ["/text"]),
      (#"{"action": "answer", "text": 7}"#, ["/text"]),
      (#"{"action": "accept", "text": "a\u0007"}"#, ["/text"]),
      (#"{"action": "accept", "state": "locked"}"#, ["/state"]),
      (#"{"action": 1, "text": [], "by": "me"}"#, ["/action", "/text", "/by"]),
    ] as [(String, [String])])
  func mistakes(_ text: String, _ expected: [String]) {
    #expect(pointers(text, as: ReviewStep.init) == expected)
  }

  @Test("A text of 1,000 characters is taken, and of one more is not")
  func length() throws {
    func step(_ count: Int) -> String {
      "{\"action\": \"answer\", \"text\": \"\(String(repeating: "答", count: count))\"}"
    }
    #expect(try read(step(1000), as: ReviewStep.init).text?.count == 1000)
    #expect(pointers(step(1001), as: ReviewStep.init) == ["/text"])
  }
}

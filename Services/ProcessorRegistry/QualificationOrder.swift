import Models

/// Which event may follow which in a qualification. The states of the 准入 procedure: applied →
/// reviewed by the province → public notice → announced, and what may befall an announced one.
enum QualificationOrder {
  static func next(after event: QualificationEvent?) -> [QualificationEvent] {
    switch event {
    case nil, .refused, .revoked: [.applied]
    case .applied: [.provinceReviewed, .refused]
    case .provinceReviewed: [.publicNotice, .refused]
    case .publicNotice: [.announced, .refused]
    case .announced, .changed, .resumed: [.changed, .rectifying, .suspended, .revoked]
    case .rectifying: [.changed, .resumed, .suspended, .revoked]
    case .suspended: [.resumed, .revoked]
    }
  }

  /// The events that an announcement (公告) makes.
  static let announced: Set<QualificationEvent> = [
    .announced, .changed, .rectifying, .suspended, .resumed, .revoked,
  ]

  /// - Parameter last: the latest event of this facility and metal, with its effective day.
  /// - Throws: ``Problem`` `invalid` for the record itself, `conflict` where it cannot follow.
  static func check(
    _ record: QualificationRecord, after last: (event: QualificationEvent, effective: Day)?
  ) throws(Problem) {
    var faults: [Problem.Field] = []
    if announced.contains(record.event), record.announcement == nil {
      faults.append(
        .init("/announcement", "\(record.event.rawValue) needs the announcement's number"))
    }
    if record.event == .applied {
      if record.facts == nil { faults.append(.init("/facts", "an application states its figures")) }
      if record.criteriaSet == nil {
        faults.append(
          .init("/criteria_set", "an application names the criteria set it is judged by"))
      }
    }
    if let name = record.criteriaSet,
      !Reference.shared.criteriaSets.contains(where: { $0.id == name && $0.metal == record.metal })
    {
      let sets = Reference.shared.criteriaSets.filter { $0.metal == record.metal }.map(\.id)
      faults.append(
        .init(
          "/criteria_set", "for \(record.metal.rawValue) there are: \(sets.joined(separator: ", "))"
        ))
    }
    if let last, record.effective < last.effective {
      faults.append(.init("/effective", "must not be before the last event, \(last.effective)"))
    }
    guard faults.isEmpty else { throw Problem.fields(faults) }
    let possible = next(after: last?.event)
    guard possible.contains(record.event) else {
      let words = possible.map(\.rawValue).joined(separator: ", ")
      throw Problem(
        .conflict,
        "After \(last?.event.rawValue ?? "nothing") there can be: \(words); not \(record.event.rawValue)."
      )
    }
  }
}

import Models

/// What a reader may see, decided here and nowhere else: all, the facilities of some reporting
/// authorities, those of some organisations. Publications are for everybody who is signed in.
struct Sight: Sendable, Hashable {
  /// The authorities whose facilities are seen. Nil stands for all.
  let places: Set<String>?
  /// The organisations whose facilities are seen beside these.
  let organisations: Set<ID>

  /// - Throws: ``Problem`` `forbidden` without a role that sees any facility's figures.
  init(_ actor: Actor) throws(Problem) {
    let grants = actor.grants.filter { [.analyst, .operator, .verifier].contains($0.role) }
    if grants.contains(where: { $0.scope == .all }) {
      places = nil
      organisations = []
      return
    }
    places = Set(
      grants.compactMap { if case .authority(let code) = $0.scope { code } else { nil } })
    organisations = Set(
      actor.grants.filter { $0.role == .reporter }.compactMap {
        if case .organisation(let id) = $0.scope { id } else { nil }
      })
    guard places != [] || !organisations.isEmpty else {
      throw Problem(
        .forbidden,
        "Figures are read with the role analyst, operator or verifier over all or over an authority, and by reporters of their own facilities; publications by everybody."
      )
    }
  }

  /// For tables that are of places only.
  /// - Throws: ``Problem`` `forbidden` for those who see only their own facilities.
  init(ofPlaces actor: Actor) throws(Problem) {
    try self.init(actor)
    guard places != [] else {
      throw Problem(
        .forbidden,
        "This is read with the role analyst, operator or verifier. Reporters read their own facilities' figures at /dashboard/v1/figures."
      )
    }
  }

  /// For what is the nation's.
  /// - Throws: ``Problem`` `forbidden` for those who do not see all.
  init(ofAll actor: Actor) throws(Problem) {
    try self.init(actor)
    guard places == nil else {
      throw Problem(
        .forbidden,
        "This is read with the role analyst, operator or verifier over all; others read publications."
      )
    }
  }

  func sees(_ place: String) -> Bool { places?.contains(place) ?? true }

  func sees(_ facility: Facility) -> Bool {
    sees(facility.place) || organisations.contains(facility.organisation)
  }

  /// As an answer says it: null for all.
  var json: JSON {
    guard let places else { return .null }
    return .array(
      (places.sorted() + organisations.map { "organisation:\($0)" }.sorted()).map { .string($0) })
  }
}

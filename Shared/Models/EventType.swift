/// The types of events in the journals (CloudEvents `type`). Never renamed, never reused.
package enum EventType: String, Sendable, CaseIterable {
  case journalStarted = "remelt.journal.started.v1"
  case organisationRegistered = "remelt.organisation.registered.v1"
  case organisationChanged = "remelt.organisation.changed.v1"
  case facilityRegistered = "remelt.facility.registered.v1"
  case facilityChanged = "remelt.facility.changed.v1"
  case facilityMerged = "remelt.facility.merged.v1"
  case qualificationRecorded = "remelt.qualification.recorded.v1"
  case throughputReported = "remelt.throughput.reported.v1"
  case throughputRevised = "remelt.throughput.revised.v1"
  case throughputWithdrawn = "remelt.throughput.withdrawn.v1"
  case recycledInputReported = "remelt.recycled-input.reported.v1"
  case recycledInputRevised = "remelt.recycled-input.revised.v1"
  case recycledInputWithdrawn = "remelt.recycled-input.withdrawn.v1"
  case claimAccepted = "remelt.claim.accepted.v1"
  case hydrogenUseReported = "remelt.hydrogen-use.reported.v1"
  case hydrogenUseRevised = "remelt.hydrogen-use.revised.v1"
  case hydrogenUseWithdrawn = "remelt.hydrogen-use.withdrawn.v1"
  /// A step of a report's review.
  case reportReviewed = "remelt.report.reviewed.v1"
  /// A revision of a locked report, which does not count until a second person accepts it.
  case revisionProposed = "remelt.revision.proposed.v1"
  /// Which edition of the reference data the dashboard reads by, from then on.
  case editionAdopted = "remelt.edition.adopted.v1"
  /// What a goal is meant by.
  case headlineChosen = "remelt.headline.chosen.v1"
  case publicationMade = "remelt.publication.made.v1"
  case credentialIssued = "remelt.credential.issued.v1"
  case credentialRevoked = "remelt.credential.revoked.v1"
  case keyPublished = "remelt.key.published.v1"
  case keyRevoked = "remelt.key.revoked.v1"
}

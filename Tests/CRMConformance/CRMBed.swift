package import Belt
package import Leads

/// A CRM under test, with the hand that breaks it and the people who work in it.
///
/// For an outside CRM that is its adapter over a simulator; what a promise needs stands here, so that one
/// suite serves all of them.
package protocol CRMBed: Sendable {
  /// Bound to one integration.
  var crm: any CRM { get async }

  /// The next call that a fault can meet, meets it.
  func strike(_ fault: CRMFault) async throws
  /// What was to be carried out late is carried out now.
  func carryOutLate() async throws

  /// Somebody at the CRM does this; gives the webhook that tells of it, empty where none is sent.
  func act(_ act: CRMAct, on record: CRMRecord) async throws -> [UInt8]
  /// Somebody at the CRM enters a person with these keys.
  func addPerson(_ keys: [MatchKey]) async throws -> CRMRecord
  /// What our side keeps of people before they are put into the CRM.
  func know(_ drafts: [RecordDraft]) async throws
  /// Takes an option out of a list of the CRM, such as `Varejo` out of `segmento`.
  func removeOption(_ option: String, of field: FieldName) async throws

  /// How many opportunities of the CRM carry this marker, by its own books.
  func count(of marker: Identifier) async throws -> Int
  /// How many contacts the CRM holds, by its own books.
  func contacts() async throws -> Int
}

/// What can happen to a call.
package enum CRMFault: Sendable, Hashable {
  /// It never reached the CRM.
  case away
  /// It is carried out, and its answer is lost.
  case answerLost
  /// Its answer is lost, and it is carried out later than anybody waited.
  case commitLate
  case loginDead
  case quotaUsedUp
}

/// What a salesperson does to an opportunity.
package enum CRMAct: Sendable, Hashable {
  case win(value: String)
  case lose(reason: String)
  case tag([String])
}

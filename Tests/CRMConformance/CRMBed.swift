package import Belt
package import Leads

/// A CRM under test, with the hand that breaks it and the people who work in it.
///
/// For an outside CRM that is its adapter over a simulator; what a promise needs stands here, so that one
/// suite serves all of them.
package protocol CRMBed: Sendable {
  /// Bound to one integration.
  var crm: any CRM { get async }

  /// What can happen to a call of this CRM.
  var faults: Set<CRMFault> { get }
  /// The call of this name that comes after `served` others meets the fault; of a batch each item counts
  /// as one, and what a call does first to find its way (a login, a list of users) as none.
  ///
  /// A dead login stays dead for every call after it.
  func strike(_ fault: CRMFault, at call: CRMCall, after served: Int) async throws
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
  /// A user of the CRM, such as the owner of a draft, leaves it.
  func removeUser(_ email: String) async throws
  /// Somebody at the CRM deletes a record.
  func delete(_ kind: RecordKind, _ record: CRMRecord) async throws
  /// Somebody at the CRM merges a person into another, which has the keys of both from then on.
  func merge(_ record: CRMRecord, into other: CRMRecord) async throws

  /// How many opportunities of the CRM carry this marker, by its own books.
  func count(of marker: Identifier) async throws -> Int
  /// How many contacts the CRM holds, by its own books.
  func contacts() async throws -> Int
}

extension CRMBed {
  package var faults: Set<CRMFault> { Set(CRMFault.allCases) }

  package func strike(_ fault: CRMFault, at call: CRMCall = .create) async throws {
    try await strike(fault, at: call, after: 0)
  }
}

/// A call of the port, as a fault meets it.
package enum CRMCall: Sendable, Hashable, CaseIterable {
  case find, put, create, findMarkers, revise, attach, read, setTags, poll
}

/// What can happen to a call.
package enum CRMFault: Sendable, Hashable, CaseIterable {
  /// It never reached the CRM.
  case away
  /// It is carried out, and its answer is lost.
  case answerLost
  /// Its answer is lost, and it is carried out later than anybody waited.
  case commitLate
  case loginDead
  case quotaUsedUp
  /// It is answered with success and a page of HTML, as by a proxy, and did nothing.
  case notAsDocumented
}

/// What a salesperson does to an opportunity.
package enum CRMAct: Sendable, Hashable {
  case win(value: String)
  case lose(reason: String)
  case tag([String])
}

/// Which records a lead makes in the CRM, and who gets those that have an owner of their own.
package struct RecordRules: Sendable, Hashable {
  /// One that is not here gets no record (B083, B084).
  package var create: Set<RecordKind>
  /// The contact's and the company's own owners (B093, B094); one that has none follows: the company
  /// the contact, the contact the trigger.
  package var owners: [RecordKind: Trigger.Owner]

  package init(
    create: Set<RecordKind> = Set(RecordKind.allCases),
    owners: [RecordKind: Trigger.Owner] = [:]
  ) {
    self.create = create
    self.owners = owners
  }
}

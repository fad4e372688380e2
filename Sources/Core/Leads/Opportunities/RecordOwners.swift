/// Who gets the records of one lead.
package struct RecordOwners: Sendable, Hashable {
  /// One draw, with what a person needs to follow it.
  package struct Draw: Sendable, Hashable {
    package let owner: String
    /// Among whom; nil when the record had its owner before.
    package let group: OwnerGroup?

    package init(owner: String, group: OwnerGroup?) {
      self.owner = owner
      self.group = group
    }
  }

  package let contact: Draw?
  package let company: Draw?
  /// Nil when none is made, or the trigger's group is empty and there is no default user.
  package let opportunity: Draw?

  /// Draws for the records that the rules create.
  ///
  /// One draw serves all records of the lead (B090) unless the rules give one an owner of its own,
  /// which has its own cursor (R20). A record that has an owner keeps it. Without contacts nothing is
  /// drawn: a group gives its first member (B092).
  package init(
    trigger: Trigger,
    settings: Settings,
    leadOwner: String?,
    contactOwner: String?,
    companyOwner: String?,
    rotations: inout [String: OwnerRotation],
    using generator: inout some RandomNumberGenerator
  ) {
    let rules = settings.records
    let catalogue = settings.catalogue
    let drawsInTurn = rules.create.contains(.contact)

    func draw(_ rule: Trigger.Owner, for record: RecordKind?, contactOwner: String?) -> Draw? {
      var group = OwnerGroup(
        rule,
        leadOwner: leadOwner,
        contactOwner: contactOwner,
        catalogue: catalogue
      )
      if let record { group.name = "\(record.rawValue)/\(group.name)" }
      var member = group.members.first
      if drawsInTurn, group.members.count > 1 {
        member = rotations[group.name, default: OwnerRotation()]
          .draw(from: group.members, using: &generator)
      }
      return (member ?? catalogue.defaultUser).map { Draw(owner: $0, group: group) }
    }

    func kept(_ owner: String?) -> Draw? {
      let isUser = catalogue.users.contains { $0.email == owner }
      return isUser ? owner.map { Draw(owner: $0, group: nil) } : nil
    }

    let ownContact = rules.owners[.contact].flatMap { rule in
      kept(contactOwner) ?? draw(rule, for: .contact, contactOwner: nil)
    }
    // Drawn once for all, and not at all where nobody needs it: every record has its owner already.
    var drawn: Draw??
    func triggered() -> Draw? {
      if let drawn { return drawn }
      let draw =
        trigger.owner == .contactOwner
        ? ownContact ?? kept(contactOwner) ?? draw(.contactOwner, for: nil, contactOwner: nil)
        : draw(trigger.owner, for: nil, contactOwner: contactOwner)
      drawn = .some(draw)
      return draw
    }
    opportunity = rules.create.contains(.opportunity) ? triggered() : nil
    let contact = ownContact ?? kept(contactOwner) ?? triggered()
    let company =
      kept(companyOwner)
      ?? rules.owners[.company].flatMap { draw($0, for: .company, contactOwner: contact?.owner) }
      ?? contact
    self.contact = contact
    self.company = company
  }
}

internal import HTTPTypes
internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

extension RDCRMSimulator {
  /// Does it, and tells the webhooks as for any change.
  ///
  /// - Returns: The id of the record that it was done to.
  @discardableResult
  func perform(_ act: RDCRMAct, in account: RDCRMAccount) throws -> String {
    let at = now()
    func change(_ id: String, _ change: @escaping (inout RDCRMDeal) -> Void) throws -> String {
      guard account.books.withLock({ $0.change(deal: id, at: at, change) }) else {
        throw RDCRMErrors.notFound
      }
      told(id, in: account)
      return id
    }
    switch act {
    case .win(let id, let value):
      let line = account.books.withLock { books in
        value.flatMap { JSON.string($0).money }.map { cents in
          var line = RDCRMLine(id: books.newID(), name: "Venda")
          line.price = cents
          return line
        }
      }
      let won = try change(id) { deal in
        deal.win = true
        deal.closedAt = at
        if let line { deal.lines = [line] }
      }
      if let deal = account.books.withLock({ $0.deals[id] }) { copyWon(deal, in: account) }
      return won
    case .lose(let id, let reason):
      let known = account.books.withLock { books in
        books.lostReasons.first { $0.name == reason }?.id
      }
      return try change(id) { deal in
        deal.win = false
        deal.closedAt = at
        deal.lostReasonID = known
      }
    case .reopen(let id):
      return try change(id) { deal in
        deal.win = nil
        deal.closedAt = nil
        deal.lostReasonID = nil
      }
    case .move(let id, let name):
      let stage = account.books.withLock { books in
        books.pipelines.flatMap(\.stages).first { $0.name == name }?.id
      }
      guard let stage else { throw RDCRMErrors.notFound }
      return try change(id) { $0.stageID = stage }
    case .tag(let id, let tags):
      let field = account.books.withLock { books -> String? in
        guard let index = books.fields.firstIndex(where: { $0.label == "Tags" }) else { return nil }
        for tag in tags where !books.fields[index].options.contains(tag) {
          books.fields[index].options.append(tag)
        }
        return books.fields[index].id
      }
      guard let field else { throw RDCRMErrors.notFound }
      return try change(id) { $0.fields[field] = .array(tags.map(JSON.string)) }
    case .rename(let id, let name): return try change(id) { $0.name = name }
    case .deleteDeal(let id):
      return try gone(account.books.withLock { $0.deals.removeValue(forKey: id) }, in: account)
    case .addContact, .deleteContact, .mergeContacts, .addOrganization, .deleteOrganization:
      return try keep(act, in: account, at: at)
    case .deactivate, .removeOption, .require, .removeField: return try setUp(act, in: account)
    }
  }

  private func gone(_ record: (some RDCRMTold)?, in account: RDCRMAccount) throws -> String {
    guard let record else { throw RDCRMErrors.notFound }
    tell(.deleted, of: record, in: account)
    return record.id
  }

  /// People and companies.
  private func keep(_ act: RDCRMAct, in account: RDCRMAccount, at now: Timestamp) throws -> String {
    switch act {
    case .addContact(let name, let email, let phone):
      let made = account.books.withLock { books in
        let at = books.tick(now)
        var made = RDCRMContact(id: books.newID(), name: name, createdAt: at, updatedAt: at)
        made.emails = [email].compactMap(\.self)
        made.phones = [phone].compactMap(\.self).map { .init(number: $0, type: "cellphone") }
        books.contacts[made.id] = made
        return made
      }
      tell(.created, of: made, in: account)
      return made.id
    case .deleteContact(let id):
      let contact = account.books.withLock { books in
        for deal in books.deals.keys { books.deals[deal]?.contactIDs.removeAll { $0 == id } }
        return books.contacts.removeValue(forKey: id)
      }
      return try gone(contact, in: account)
    case .mergeContacts(let id, let other):
      let merged = account.books.withLock { books -> (RDCRMContact, RDCRMContact)? in
        guard let one = books.contacts[id], var kept = books.contacts[other] else { return nil }
        books.contacts[id] = nil
        kept.emails += one.emails.filter { !kept.emails.contains($0) }
        kept.phones += one.phones.filter { !kept.phones.contains($0) }
        kept.updatedAt = books.tick(now)
        books.contacts[other] = kept
        for deal in books.deals.values where deal.contactIDs.contains(id) {
          books.deals[deal.id]?.contactIDs.removeAll { $0 == id || $0 == other }
          books.deals[deal.id]?.contactIDs.append(other)
        }
        return (one, kept)
      }
      guard let (one, kept) = merged else { throw RDCRMErrors.notFound }
      tell(.deleted, of: one, in: account)
      tell(.updated, of: kept, in: account)
      return kept.id
    case .addOrganization(let name):
      let made = account.books.withLock { books in
        let at = books.tick(now)
        let made = RDCRMOrganization(
          id: books.newID(),
          name: name,
          userID: books.users[0].id,
          createdAt: at,
          updatedAt: at
        )
        books.organizations[made.id] = made
        return made
      }
      tell(.created, of: made, in: account)
      return made.id
    case .deleteOrganization(let id):
      let organization = account.books.withLock { books in
        for deal in books.deals.values where deal.organizationID == id {
          books.deals[deal.id]?.organizationID = nil
        }
        for contact in books.contacts.values where contact.organizationID == id {
          books.contacts[contact.id]?.organizationID = nil
        }
        return books.organizations.removeValue(forKey: id)
      }
      return try gone(organization, in: account)
    default: throw RDCRMErrors.notFound
    }
  }

  /// What an administrator changes.
  private func setUp(_ act: RDCRMAct, in account: RDCRMAccount) throws -> String {
    try account.books.withLock { books in
      func field(_ label: String) throws -> Int {
        guard let index = books.fields.firstIndex(where: { $0.label == label }) else {
          throw RDCRMErrors.notFound
        }
        return index
      }
      switch act {
      case .deactivate(let email):
        guard let index = books.users.firstIndex(where: { $0.email == email }) else {
          throw RDCRMErrors.notFound
        }
        books.users[index].isActive = false
        return books.users[index].id
      case .removeOption(let option, let label):
        let index = try field(label)
        books.fields[index].options.removeAll { $0 == option }
        return books.fields[index].id
      case .require(let label, let stage):
        let index = try field(label)
        books.fields[index].isRequired = true
        books.fields[index].requiredAtStage =
          books.pipelines.flatMap(\.stages)
          .first { $0.name == stage }?.id
        return books.fields[index].id
      case .removeField(let label): return books.fields.remove(at: try field(label)).id
      default: throw RDCRMErrors.notFound
      }
    }
  }
}

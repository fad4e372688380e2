internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON

extension RDCRMSimulator {
  /// Contacts of v1 (reference 3): two may share an address, and a POST always makes a new one.
  func addContactRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("contacts") { request, context in
      let call = try RDCRMCall(request, context, self)
      return Response.json(call.contacts(request))
    }
    group.get("contacts/:id") { request, context in
      let call = try RDCRMCall(request, context, self)
      let contact = try call.contact(context)
      return Response.json(call.read { $0.whole(contact) })
    }
    group.post("contacts") { request, context in
      let call = try RDCRMCall(request, context, self)
      let body = try await request.json()
      try body.onlyMembers(["contact", "token"])
      let made = try call.write { books in
        let made = try RDCRMContactBody(body["contact"] ?? [:], call).created(in: &books)
        books.contacts[made.id] = made
        try books.checkRequired(made.fields, of: "contact", at: nil)
        try RDCRMContactBody(body["contact"] ?? [:], call).link(made.id, in: &books)
        return made
      }
      self.record("contact.create", call.account, identifier: made.id, marker: made.emails.first)
      self.tell(.created, of: made, in: call.account)
      return Response.json(call.read { $0.whole(made) })
    }
    group.put("contacts/:id") { request, context in
      let call = try RDCRMCall(request, context, self)
      let body = try await request.json()
      try body.onlyMembers(["contact", "token"])
      let old = try call.contact(context)
      let changed = try call.write { books in
        let read = try RDCRMContactBody(body["contact"] ?? [:], call)
        let changed = try read.change(old, in: &books)
        try read.link(changed.id, in: &books)
        return changed
      }
      self.record("contact.update", call.account, identifier: changed.id)
      self.tell(.updated, of: changed, in: call.account)
      return Response.json(call.read { $0.whole(changed) })
    }
  }
}

extension RDCRMCall {
  func contact(_ context: SandboxContext) throws -> RDCRMContact {
    let id = context.parameters.get("id") ?? ""
    guard let found = read({ $0.contacts[id] }) else { throw RDCRMErrors.notFound }
    return found
  }

  /// By address, number, title or a part of the name; by name unless the query says otherwise.
  func contacts(_ request: Request) -> JSON {
    let phone = request.query("phone").map(\.digits)
    return read { books in
      let shown = books.contacts.values.filter { contact in
        guard contact.createdAt <= shownUntil else { return false }
        if let email = request.query("email"), !contact.emails.contains(email) { return false }
        if let phone, !contact.phones.contains(where: { $0.number.digits == phone }) {
          return false
        }
        if let title = request.query("title"), contact.title != title { return false }
        if let text = request.query("q") {
          return contact.name.lowercased().contains(text.lowercased())
        }
        return true
      }
      let sorted = shown.sorted { one, other in
        switch request.query("order") {
        case "created_at"?: (one.createdAt, one.id) < (other.createdAt, other.id)
        case "updated_at"?: (one.updatedAt, one.id) < (other.updatedAt, other.id)
        default: (one.name, one.id) < (other.name, other.id)
        }
      }
      let ordered = request.query("direction") == "desc" ? sorted.reversed() : sorted
      return page(ordered.map { books.listed($0) }, request, as: "contacts")
    }
  }
}

/// What a body asks for of a contact, in `/contacts` and in a new deal.
struct RDCRMContactBody {
  let contact: JSON
  let call: RDCRMCall

  init(_ contact: JSON, _ call: RDCRMCall) throws {
    try contact.onlyMembers([
      "name", "title", "emails", "phones", "birthday", "facebook", "linkedin", "skype",
      "organization_id", "deal_ids", "contact_custom_fields", "legal_bases",
    ])
    self.contact = contact
    self.call = call
  }

  func created(in books: inout RDCRMBooks) throws -> RDCRMContact {
    guard let name = try contact.text("name") else {
      throw RDCRMErrors.field("name", "não pode ficar em branco")
    }
    if call.settings.flag("contact_name_unique"),
      books.contacts.values.contains(where: { $0.name == name })
    {
      throw RDCRMErrors.field("name", "já está em uso")
    }
    let at = books.tick(call.now)
    var made = RDCRMContact(id: books.newID(), name: name, createdAt: at, updatedAt: at)
    try set(&made, in: &books)
    return made
  }

  func change(_ old: RDCRMContact, in books: inout RDCRMBooks) throws -> RDCRMContact {
    var changed = old
    if let name = try contact.text("name") { changed.name = name }
    try set(&changed, in: &books)
    if changed != old { changed.updatedAt = books.tick(call.now) }
    books.contacts[old.id] = changed
    return changed
  }

  /// `deal_ids` is the whole list: who is not in it is linked no more.
  func link(_ id: String, in books: inout RDCRMBooks) throws {
    guard let wanted = contact["deal_ids"]?.array?.compactMap(\.string) else { return }
    guard wanted.allSatisfy({ books.deals[$0] != nil }) else { throw RDCRMErrors.notFound }
    for deal in books.deals.values {
      let isWanted = wanted.contains(deal.id)
      guard deal.contactIDs.contains(id) != isWanted else { continue }
      books.deals[deal.id]?.contactIDs.removeAll { $0 == id }
      if isWanted { books.deals[deal.id]?.contactIDs.append(id) }
    }
  }

  /// A list of addresses or numbers that is sent replaces the one before (assumed).
  private func set(_ target: inout RDCRMContact, in books: inout RDCRMBooks) throws {
    if let title = try contact.text("title") { target.title = title }
    if let list = contact["emails"]?.array {
      target.emails = list.compactMap { $0["email"]?.string }.filter { !$0.isEmpty }
    }
    if let list = contact["phones"]?.array {
      target.phones = try list.compactMap { phone in
        let type = phone["type"]?.string
        let known = ["home", "work", "fax", "cellphone", "mobile"]
        guard type.map(known.contains) ?? true else {
          throw RDCRMErrors.field("type", "Não está incluído na lista.")
        }
        return phone["phone"]?.string.map { RDCRMContact.Phone(number: $0, type: type) }
      }
    }
    if let birthday = contact["birthday"] { target.birthday = birthday }
    for name in ["facebook", "linkedin", "skype"] {
      if let text = contact[name]?.string { target.profiles[name] = text }
    }
    if let id = contact["organization_id"]?.string {
      guard books.organizations[id] != nil else { throw RDCRMErrors.notFound }
      target.organizationID = id
    }
    if let list = contact["legal_bases"]?.array { target.legalBases = list }
    target.fields = try books.merged(
      contact["contact_custom_fields"],
      into: target.fields,
      of: "contact",
      record: target.id
    )
  }
}

extension RDCRMContact.Phone {
  var json: JSON { ["phone": .string(number), "type": .optional(type)] }
}

extension String {
  var digits: String { filter(\.isNumber) }
}

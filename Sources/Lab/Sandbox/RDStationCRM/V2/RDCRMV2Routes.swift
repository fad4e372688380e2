internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON

extension RDCRMSimulator {
  /// v2 (reference 9).
  func addV2Routes(to group: RouterGroup<SandboxContext>) {
    addV2Deals(to: group)
    addV2Contacts(to: group)
    addV2Organizations(to: group)
    addV2Lists(to: group)
  }

  private func addV2Deals(to group: RouterGroup<SandboxContext>) {
    group.get("deals") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let filter = try call.filter2(request)
      let order = request.query(bracketed: "sort[updated_at]")
      let list = try call.read { books in
        let shown = try call.admitted(
          books.deals.values.filter { $0.createdAt <= call.shownUntil },
          filter
        ) { books.filtered($0, $1) }
        .sorted {
          order == nil
            ? ($0.createdAt, $0.id) < ($1.createdAt, $1.id)
            : ($0.updatedAt, $0.id) < ($1.updatedAt, $1.id)
        }
        return (order == "desc" ? shown.reversed() : shown).map { books.shown2($0) }
      }
      return try call.page2(list, request, "deals")
    }
    group.get("deals/:id") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let deal = try call.deal(context)
      return Response.json(["data": call.read { $0.shown2(deal) }])
    }
    group.post("deals") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let data = try await request.data2()
      let deal = try call.write { try RDCRMDeal(creating: data, call, in: &$0) }
      self.record("deal.create", call.account, identifier: deal.id, marker: deal.name)
      self.tell(.created, of: deal, in: call.account)
      return Response.json(["data": call.read { $0.shown2(deal) }], status: .created)
    }
    group.put("deals/:id") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let data = try await request.data2()
      let old = try call.deal(context)
      let deal = try call.write { books in
        var deal = old
        try deal.set2(data, call, in: &books)
        guard deal != old else { return old }
        deal.updatedAt = books.tick(call.now)
        books.deals[deal.id] = deal
        return deal
      }
      if deal != old {
        self.record("deal.update", call.account, identifier: deal.id, marker: deal.name)
        self.tell(.updated, of: deal, in: call.account)
        if old.win != true, deal.win == true { self.copyWon(deal, in: call.account) }
      }
      return Response.json(["data": call.read { $0.shown2(deal) }])
    }
    group.get("deals/:id/notes") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let deal = try call.deal(context)
      let notes = call.read(\.notes)
        .filter { $0.dealID == deal.id && $0.at <= call.shownUntil }.map(\.json2)
      return try call.page2(notes, request, "deals/\(deal.id)/notes")
    }
    group.post("deals/:id/notes") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let data = try await request.data2()
      let deal = try call.deal(context)
      guard let text = data["description"]?.string, !text.isEmpty else {
        throw RDCRMErrors.detail(.unprocessableContent, "Description Não pode ficar em branco.")
      }
      let note = try call.write { books in
        books.note(text, on: deal.id, by: call.user.id, at: call.now)
      }
      self.record("note.create", call.account, identifier: deal.id)
      return Response.json(["data": note.json2], status: .created)
    }
  }

  private func addV2Contacts(to group: RouterGroup<SandboxContext>) {
    group.get("contacts") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let filter = try call.filter2(request)
      let list = try call.read { books in
        try call.admitted(
          books.contacts.values.filter { $0.createdAt <= call.shownUntil },
          filter
        ) { books.filtered($0, $1) }
        .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }.map { books.shown2($0) }
      }
      return try call.page2(list, request, "contacts")
    }
    group.get("contacts/:id") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let contact = try call.contact(context)
      return Response.json(["data": call.read { $0.shown2(contact) }])
    }
    group.post("contacts") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let data = try await request.data2()
      let made = try call.write { books in
        guard let name = data["name"]?.string, name.count > 1 else {
          throw RDCRMErrors.detail(.unprocessableContent, "Name Não pode ficar em branco.")
        }
        let at = books.tick(call.now)
        var made = RDCRMContact(id: books.newID(), name: name, createdAt: at, updatedAt: at)
        try made.set2(data, in: &books)
        books.contacts[made.id] = made
        return made
      }
      self.record("contact.create", call.account, identifier: made.id, marker: made.emails.first)
      self.tell(.created, of: made, in: call.account)
      return Response.json(["data": call.read { $0.shown2(made) }], status: .created)
    }
    group.put("contacts/:id") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let data = try await request.data2()
      let old = try call.contact(context)
      let changed = try call.write { books in
        var changed = old
        try changed.set2(data, in: &books)
        changed.updatedAt = books.tick(call.now)
        books.contacts[old.id] = changed
        return changed
      }
      self.record("contact.update", call.account, identifier: changed.id)
      self.tell(.updated, of: changed, in: call.account)
      return Response.json(["data": call.read { $0.shown2(changed) }])
    }
  }

  private func addV2Organizations(to group: RouterGroup<SandboxContext>) {
    group.get("organizations") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let filter = try call.filter2(request)
      let list = try call.read { books in
        try call.admitted(
          books.organizations.values.filter { $0.createdAt <= call.shownUntil },
          filter
        ) { books.filtered($0, $1) }
        .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }.map { books.shown2($0) }
      }
      return try call.page2(list, request, "organizations")
    }
    group.get("organizations/:id") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let found = try call.organization(context)
      return Response.json(["data": call.read { $0.shown2(found) }])
    }
    group.post("organizations") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let data = try await request.data2()
      let made = try call.write { try RDCRMOrganization(data, instead: nil, call, in: &$0) }
      self.record("organization.create", call.account, identifier: made.id, marker: made.name)
      self.tell(.created, of: made, in: call.account)
      return Response.json(["data": call.read { $0.shown2(made) }], status: .created)
    }
    group.put("organizations/:id") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let data = try await request.data2()
      let old = try call.organization(context)
      let made = try call.write { try RDCRMOrganization(data, instead: old, call, in: &$0) }
      self.record("organization.update", call.account, identifier: made.id)
      self.tell(.updated, of: made, in: call.account)
      return Response.json(["data": call.read { $0.shown2(made) }])
    }
  }
}

extension RDCRMNote {
  var json2: JSON {
    [
      "id": .string(id), "description": .string(text), "user_id": .string(userID),
      "registered_at": .string(at.utcMilliseconds),
    ]
  }
}

internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON

extension RDCRMSimulator {
  /// Notes of v1 (reference 7.1): made and listed, never changed.
  func addNoteRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("activities") { request, context in
      let call = try RDCRMCall(request, context, self)
      let notes = call.read { books in
        books.notes.filter { note in
          note.at <= call.shownUntil
            && request.query("deal_id").map { $0 == note.dealID } ?? true
            && request.query("user_id").map { $0 == note.userID } ?? true
        }
      }
      let page = call.page(notes.reversed().map(\.json), request, as: "activities")
      return Response.json(["activities": page["activities"] ?? []])
    }
    group.post("activities") { request, context in
      let call = try RDCRMCall(request, context, self)
      let body = try await request.json()
      try body.onlyMembers(["activity", "token"])
      let sent = body["activity"] ?? [:]
      try sent.onlyMembers(["deal_id", "user_id", "text"])
      guard var text = try sent.text("text") else {
        throw RDCRMErrors.field("text", "não pode ficar em branco")
      }
      guard let user = sent["user_id"]?.string else {
        throw RDCRMErrors.field("user_id", "não pode ficar em branco")
      }
      if call.settings.word("accents_in_notes") == "damaged" {
        text = text.unicodeScalars.map { $0.isASCII ? String($0) : "??" }.joined()
      }
      let note = try call.write { [text] books in
        guard let id = sent["deal_id"]?.string, books.deals[id] != nil, books.user(user) != nil
        else { throw RDCRMErrors.notFound }
        return books.note(text, on: id, by: user, at: call.now)
      }
      self.record("note.create", call.account, identifier: note.dealID)
      var answer = JSON.Members()
      answer["_id"] = .string(note.id)
      answer["deal_id"] = .string(note.dealID)
      answer["user_id"] = .string(note.userID)
      answer["text"] = .string(note.text)
      answer["date"] = .string(note.at.brasilia)
      return Response.json(.object(answer))
    }
  }
}

extension RDCRMBooks {
  /// A note touches its deal: it is the last activity there.
  mutating func note(_ text: String, on deal: String, by user: String, at now: Timestamp)
    -> RDCRMNote
  {
    let at = tick(now)
    let note = RDCRMNote(id: newID(), dealID: deal, userID: user, text: text, at: at)
    notes.append(note)
    deals[deal]?.lastActivityAt = at
    deals[deal]?.lastNote = text
    deals[deal]?.interactions += 1
    return note
  }
}

extension RDCRMNote {
  var json: JSON {
    [
      "_id": .string(id), "id": .string(id), "date": .string(at.brasilia),
      "deal_id": .string(dealID), "text": .string(text), "user_id": .string(userID),
    ]
  }
}

package import StrictJSON
private import Belt

/// The stored form of a draft: what is to be created, kept with the intent.
extension OpportunityDraft {
  package var json: JSON {
    [
      "marker": .string("\(marker)"), "title": .string(title),
      "contact": .optional(contact?.id),
      "company": .optional(company?.id), "pipeline": .string(pipeline),
      "stage": .string(stage), "owner": .string(owner),
      "rating": rating.map { .number($0) } ?? .null,
      "tags": .array(tags.map(JSON.string)),
      "fields": .array(fields.map(\.json)),
      "history": .array(history.map(\.json)),
    ]
  }

  /// Nil when the text is not what ``json`` writes.
  package init?(json: JSON) {
    guard let marker = json["marker"]?.string.flatMap({ Identifier($0) }),
      let title = json["title"]?.string,
      let pipeline = json["pipeline"]?.string, let stage = json["stage"]?.string,
      let owner = json["owner"]?.string, let tags = json["tags"]?.array,
      let fields = json["fields"]?.array, let history = json["history"]?.array
    else { return nil }
    self.init(
      marker: marker,
      title: title,
      contact: json["contact"]?.string.map(CRMRecord.init),
      company: json["company"]?.string.map(CRMRecord.init),
      pipeline: pipeline,
      stage: stage,
      owner: owner,
      rating: json["rating"]?.int,
      tags: tags.compactMap(\.string),
      fields: fields.compactMap(FieldValue.init),
      history: history.compactMap(HistoryItem.init)
    )
  }
}

/// The stored form of a record that is to be put into the CRM before an opportunity that refers to it.
extension RecordDraft {
  package var json: JSON {
    [
      "kind": .string(kind.rawValue), "id": .string("\(id)"), "record": .optional(record?.id),
      "name": .optional(name), "email": .optional(email), "phone": .optional(phone),
      "keys": .array(keys.map { [.string($0.kind.rawValue), .string($0.value)] }),
      "owner": .optional(owner), "fields": .array(fields.map(\.json)),
    ]
  }

  /// Nil when the text is not what ``json`` writes.
  package init?(json: JSON) {
    guard let kind = json["kind"]?.string.flatMap(RecordKind.init(rawValue:)),
      let id = json["id"]?.string.flatMap({ Identifier($0) }),
      let keys = json["keys"]?.array, let fields = json["fields"]?.array
    else { return nil }
    self.init(
      kind,
      id: id,
      record: json["record"]?.string.map(CRMRecord.init),
      name: json["name"]?.string,
      email: json["email"]?.string,
      phone: json["phone"]?.string,
      keys: keys.compactMap { key in
        guard let words = key.array?.compactMap(\.string), words.count == 2 else { return nil }
        return MatchKey.Kind(rawValue: words[0]).map { MatchKey($0, words[1]) }
      },
      owner: json["owner"]?.string,
      fields: fields.compactMap(FieldValue.init)
    )
  }
}

extension HistoryItem {
  package var json: JSON {
    [
      "kind": .string(kind.rawValue), "identifier": .optional(identifier),
      "origin": .optional(origin),
      "at": at.map { .number(String($0.milliseconds)) } ?? .null,
    ]
  }

  package init?(json: JSON) {
    guard let kind = json["kind"]?.string.flatMap(LeadEvent.Kind.init(rawValue:)) else {
      return nil
    }
    self.init(
      kind: kind,
      identifier: json["identifier"]?.string,
      origin: json["origin"]?.string,
      at: json["at"]?.int.map { Timestamp(milliseconds: Int64($0)) }
    )
  }
}

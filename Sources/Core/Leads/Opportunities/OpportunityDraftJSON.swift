package import StrictJSON
private import Belt

/// The stored form of a draft: what is to be created, kept with the intent.
extension OpportunityDraft {
  package var json: JSON {
    [
      "marker": .string("\(marker)"), "title": .string(title),
      "contact": .optional(contact?.description),
      "company": .optional(company?.description), "pipeline": .string(pipeline),
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
      contact: json["contact"]?.string.flatMap { Identifier($0) },
      company: json["company"]?.string.flatMap { Identifier($0) },
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

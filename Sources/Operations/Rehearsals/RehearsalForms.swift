package import Leads
package import StrictJSON
import Belt

extension Result: JSONForm where Success == Rehearsal, Failure == RDWebhookBody.Unreadable {
  package var json: JSON {
    switch self {
    case .failure(let unreadable):
      return ["outcome": "unreadable", "sentence": .string(unreadable.detail)]
    case .success(let rehearsal):
      let stages = rehearsal.paragraphs.map { paragraph -> JSON in
        [
          "stage": .string(paragraph.stage.stage),
          "sentences": .array(paragraph.sentences.map(JSON.string)),
        ]
      }
      return [
        "outcome": .string(rehearsal.outcome.rawValue), "code": .string(rehearsal.reason.code),
        "sentence": .string(rehearsal.conclusion), "stages": .array(stages),
      ]
    }
  }
}

extension RehearsalComparison: JSONForm {
  package var json: JSON {
    func counts<Key: RawRepresentable<String> & CaseIterable & Hashable>(_ table: [Key: Int])
      -> JSON
    {
      .object(Key.allCases.compactMap { key in table[key].map { (key.rawValue, .number($0)) } })
    }
    return [
      "events": .number(events), "now": counts(before), "draft": counts(after),
      "differing": .number(differing), "changed": counts(changed),
      "examples": .array(
        examples.map { example in
          [
            "email": .optional(example.event.lead.email?.text),
            "now": .string(example.before.conclusion),
            "draft": .string(example.after.conclusion),
          ]
        }
      ),
    ]
  }
}

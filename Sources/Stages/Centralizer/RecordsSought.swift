import Belt
import BeltStorage
import Leads

/// A person or a company that is new to us, to be looked for in a CRM that has people of its own.
package struct RecordsSought: Sendable {
  private let queries: [(id: Identifier, query: RecordQuery)]
  private let line: Line
  private let follows: [Message]

  /// Nil when nobody is new.
  ///
  /// What ends the message when the CRM has answered comes along.
  init?(by decision: CentralDecision, _ keys: LeadKeys, line: Line, follows: [Message]) {
    var queries: [(id: Identifier, query: RecordQuery)] = []
    if case .new(let id)? = decision.company, !keys.company.isEmpty {
      queries.append((id, RecordQuery(.company, keys: keys.company)))
    }
    if case .new(let id) = decision.contact, !keys.person.isEmpty {
      queries.append((id, RecordQuery(.contact, keys: keys.person)))
    }
    guard !queries.isEmpty else { return nil }
    self.queries = queries
    self.line = line
    self.follows = follows
  }

  /// Asks one integration's CRM for all of them.
  ///
  /// A message whose look failed comes again; by then its people are known here, and whoever puts them
  /// into the CRM finds them there by their keys.
  static func find(
    _ planned: [Planned<LeadImported, RecordsSought>],
    at crms: CRMs,
    in integration: String
  ) async -> [Identifier: Acted<RecordFound>] {
    let queries = planned.flatMap(\.plan.queries)
    var answers: [Result<CRMRecord?, CRMError>]
    do throws(CRMError) {
      let crm = try crms.crm(of: planned[0].item.settings)
      answers = await crm.find(queries.map(\.query))
    } catch {
      answers = queries.map { _ in .failure(error) }
    }
    var acted: [Identifier: Acted<RecordFound>] = [:]
    for item in planned {
      let own = Array(answers.prefix(item.plan.queries.count))
      answers.removeFirst(own.count)
      acted[item.message.id] = item.plan.ending(with: own, of: item.message, in: integration)
    }
    return acted
  }

  private func ending(
    with answers: [Result<CRMRecord?, CRMError>],
    of message: Message,
    in integration: String
  ) -> Acted<RecordFound> {
    var found: [RecordFound] = []
    for ((id, query), answer) in zip(queries, answers) {
      switch answer {
      case .failure(let error): return Acted(error.outcome(of: message))
      case .success(nil): continue
      case .success(let record?):
        let draft = RecordDraft(query.kind, id: id, record: record)
        found.append(RecordFound(integration: integration, draft: draft))
      }
    }
    return Acted(.done(follows: follows), [line], facts: found)
  }
}

/// Where the CRM keeps a person or a company that we have just made.
package struct RecordFound: Sendable {
  let integration: String
  let draft: RecordDraft
}

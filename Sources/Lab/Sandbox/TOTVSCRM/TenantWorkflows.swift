internal import SandboxLeads
internal import StrictJSON
private import Synchronization

/// A workflow of the customer: at this moment of this object post to that address.
struct TenantWorkflow: Sendable {
  enum Trigger: String, Sendable, CaseIterable {
    case created, updated, won, lost, discarded

    init?(status: String) {
      switch status {
      case "WON": self = .won
      case "LOST": self = .lost
      case "DISCARDED": self = .discarded
      default: return nil
      }
    }
  }

  let id: String
  let table: TenantTable
  let trigger: Trigger
  let url: String

  var json: JSON {
    [
      "id": .string(id), "object": .string(table.rawValue), "trigger": .string(trigger.rawValue),
      "url": .string(url),
    ]
  }
}

extension TenantChange {
  /// The moments that it is, the more telling one first; none where nothing changed.
  var triggers: [TenantWorkflow.Trigger] {
    if isNew { return [.created] }
    guard !names.isEmpty else { return [] }
    let status = record["status"]?.string ?? ""
    let special = status == formerStatus ? nil : TenantWorkflow.Trigger(status: status)
    return [special, .updated].compactMap(\.self)
  }

  /// What a workflow posts: which record it was, and nothing of it.
  func envelope(_ trigger: TenantWorkflow.Trigger, event: String, workflow: String, at: Timestamp)
    -> JSON
  {
    let object = table == .leads ? "Lead" : "Opportunity"
    return [
      "eventId": .string(event), "timestamp": .string(at.brasilia),
      "workflow": ["id": .string(workflow), "description": "Esteira"],
      "trigger": [
        "id": .string(workflow), "description": .string("\(object) \(trigger.rawValue)"),
      ],
      "source": [
        "object": [
          "id": .string(workflow), "description": .string(object),
          "contextUrl": .string(
            "/api/\(TOTVSSimulator.nativeVersion)/\(table.service)/\(table.rawValue)"
          ),
        ],
        "row": ["id": record["id"] ?? .null],
      ],
    ]
  }
}

extension TOTVSSimulator {
  /// Posts to every workflow that hears of the change, whoever made it: a person, or the integration.
  func tell(_ change: TenantChange, in tenant: Tenant) {
    let settings = settings.withLock { $0 }
    let time = now()
    var due = tenant.state.withLock { state in
      var due: [DueHook] = []
      for trigger in change.triggers {
        for one in state.workflows where one.trigger == trigger && one.table == change.table {
          let event = state.generator.uuid()
          due.append(
            DueHook(
              url: one.url,
              body: change.envelope(trigger, event: event, workflow: one.id, at: time).encoded,
              isRepeated: state.generator.chance(percent: settings.webhookRepeatPercent)
            )
          )
        }
      }
      return due
    }
    if settings.webhooksReversed { due.reverse() }
    guard !due.isEmpty else { return }
    let posts = due
    work.start { [self] in
      for post in posts {
        for _ in 0..<(post.isRepeated ? 2 : 1) {
          let made = await poster.deliver(to: post.url, policy: settings.webhookPolicy) { _ in
            post.body
          }
          ledger.append(
            Ledger.Entry(
              system: "totvs",
              account: tenant.name,
              effect: "webhook",
              contact: change.record["id"]?.string,
              value: .number(made.attempts),
              status: made.isDelivered ? "delivered" : "failed"
            )
          )
        }
      }
    }
  }
}

/// One webhook that is due.
private struct DueHook: Sendable {
  let url: String
  let body: [UInt8]
  let isRepeated: Bool
}

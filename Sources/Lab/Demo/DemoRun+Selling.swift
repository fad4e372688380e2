import LabBooks
import Leads
import Operations
import StrictJSON

extension DemoRun {
  /// Somebody sells in the CRM, where its changes reach us.
  func sell(_ acts: [PeopleOwed.Act]) async throws -> PeopleSold {
    var sold = PeopleSold()
    guard isSold else { return sold }
    for round in SellerPlan(try await book.holdings().opportunities).rounds {
      for step in round {
        try await book.act(step.act, on: step.opportunity)
        sold.count(step.act, of: step.opportunity.email)
      }
      guard try await waitUntilTold(acts, sold) else { break }
    }
    return sold
  }

  /// Whether a seller's doing can reach us.
  var isSold: Bool { settings.crm.traits.tellsByHook }

  func owed(_ acts: [PeopleOwed.Act], _ sold: PeopleSold) async throws -> PeopleOwed {
    let people = PeopleReader(pool: access.pool)
    let held = try await people.heldEvents(of: settings.integration, since: since)
    return PeopleOwed(acts: acts, settings: settings, held: held, sold: sold)
  }

  /// What RD Station was told of these people, by its own book.
  func told(_ acts: [PeopleOwed.Act]) async throws -> [PeopleOwed.Told: Int] {
    let emails = Dictionary(acts.map { ($0.contact, $0.email) }) { first, _ in first }
    let entries = try await sandbox.rdEntries(after: firstLine, account: settings.rdAccount)
    var told: [PeopleOwed.Told: Int] = [:]
    for entry in entries where PeopleOwed.Told.effects.contains(entry.effect) {
      guard let email = entry.contact.flatMap({ emails[$0] }) else { continue }
      let identifier = entry.effect == "conversion" ? entry.identifier : nil
      told[.init(email: email, effect: entry.effect, identifier: identifier), default: 0] += 1
    }
    return told
  }

  /// Which of these tags their people have at RD Station.
  func tagsAtRDStation(_ tags: [String: Set<String>], _ acts: [PeopleOwed.Act]) async throws
    -> [PlacedTag: Int]
  {
    guard settings.tags == .both || settings.tags == .toRD else { return [:] }
    let contacts = Dictionary(acts.map { ($0.email, $0.contact) }) { first, _ in first }
    let token = try await token()
    var placed: [PlacedTag: Int] = [:]
    for (email, tags) in tags {
      guard let contact = contacts[email] else { continue }
      let path = "/rd/platform/contacts/uuid:\(contact)"
      let json = try JSON(parsing: try await sandbox.call("GET", path, token: token))
      let held = Set((json["tags"]?.array ?? []).compactMap(\.string))
      for tag in tags.intersection(held) {
        placed[PlacedTag(tag: tag, email: email, side: .rdStation)] = 1
      }
    }
    return placed
  }
}

import ArgumentParser
import EmbeddedCRM
import Leads
import Operations
import Belt
import Bootstrap
import CommandLineInterface

struct ContactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contact",
    abstract: "Lists contacts of the embedded CRM, and says how far they have come.",
    subcommands: [ListContacts.self, ConvertContact.self]
  )
}

struct ListContacts: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "Lists contacts, newest first."
  )

  @OptionGroup var chosen: IntegrationOption

  @Option(help: "Only leads, prospects, clients or disqualified ones.")
  var standing: ContactStanding?

  @Option(help: "At most so many contacts, the newest, 1 to 100000.")
  var limit = 100

  @OptionGroup var output: OutputOptions

  func validate() throws { try ListLimit.check(limit) }

  func run() async throws {
    try await Fleet.open { fleet in
      try await fleet.check(chosen.integration)
      let found = try await Contacts(pool: fleet.pool).list(
        in: chosen.integration,
        standing: standing,
        limit: limit
      )
      output.say(found.json, Self.text(of: found))
    }
  }

  private static func text(of found: [ContactDesk.Contact]) -> String {
    let header = ["id", "integration", "name", "email", "standing"]
    return TextTable.text(of: found, orElse: "there are no such contacts", header) { contact in
      [
        "\(contact.id)", contact.integration,
        contact.name ?? contact.email ?? contact.phone ?? "-", contact.email ?? "",
        contact.standing.rawValue,
      ]
    }
  }
}

struct ConvertContact: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Makes a contact a prospect or a client, or disqualifies it, and tells RD Station."
  )

  @Argument(help: "The contact's id, the id of one of its opportunities, or its e-mail.")
  var contact: String

  @Option(help: "prospect, client or disqualified.")
  var to: ContactStanding

  @OptionGroup var chosen: IntegrationOption

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard to != .lead else {
      throw ValidationError(
        "--to is prospect, client or disqualified; every contact begins as a lead"
      )
    }
    guard Contacts.reference(contact) != nil else {
      throw ValidationError("a contact is named by an id or by an e-mail")
    }
  }

  func run() async throws {
    guard let reference = Contacts.reference(contact) else { return }
    try await Fleet.open(.broker) { fleet in
      try await fleet.check(chosen.integration)
      let changed = try await Contacts(pool: fleet.pool).convert(
        reference,
        to: to,
        in: chosen.integration,
        publish: fleet.publish
      )
      output.say(changed.json, "\(changed.id): \(changed.standing.rawValue)")
    }
  }
}

extension ContactStanding: ExpressibleByArgument {}

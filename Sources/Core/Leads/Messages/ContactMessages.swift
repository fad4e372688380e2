package import StrictJSON
package import Belt

/// The CRM changed the standing of a contact; what RD Station is told is decided by the standing read
/// back, never by the message (R29).
package struct ContactChanged: MessageBody {
  package static let type = "contact.changed.v1"
  package let contact: Identifier
  /// The CRM's own counter of the contact's changes: a later standing has a higher one.
  package let version: Int

  package init(contact: Identifier, version: Int) {
    self.contact = contact
    self.version = version
  }

  package var json: JSON { ["contact": .string("\(contact)"), "version": .number(version)] }

  package init(json: JSON) throws(MessageFault) {
    contact = try json.identifier("contact", in: Self.type)
    version = try json.version(in: Self.type)
  }
}

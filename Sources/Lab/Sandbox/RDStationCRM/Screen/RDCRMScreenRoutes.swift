internal import HTTPTypes
internal import Hummingbird
internal import StrictJSON
internal import Synchronization

extension RDCRMSimulator {
  /// Not part of the vendor's API: what people see and do on its screens.
  ///
  /// `GET /rdcrm/screen/{account}/login`: the first user's token and the account's refresh token.
  /// `GET /rdcrm/screen/{account}/records`: all deals, contacts and organizations.
  /// `POST /rdcrm/screen/{account}`: an act, such as `{"act":"win","deal":"…","value":"1234.50"}`; see
  /// ``RDCRMAct``.
  func addScreenRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("screen/:account/login") { _, context in
      let account = self.account(context.parameters.get("account") ?? "")
      return Response.json(
        account.books.withLock { books in
          [
            "email": .string(books.users[0].email), "token": .string(books.users[0].token),
            "refresh_token": .string(books.login.refreshToken),
          ]
        }
      )
    }
    group.get("screen/:account/count") { _, context in
      let account = self.account(context.parameters.get("account") ?? "")
      return Response.json(
        account.books.withLock { books in
          [
            "deals": .number(books.deals.count), "contacts": .number(books.contacts.count),
            "organizations": .number(books.organizations.count),
          ]
        }
      )
    }
    group.get("screen/:account/records") { _, context in
      let account = self.account(context.parameters.get("account") ?? "")
      return Response.json(account.books.withLock(\.records))
    }
    group.post("screen/:account") { request, context in
      let body = try await request.json()
      guard let act = RDCRMAct(body) else {
        throw Refusal(status: .badRequest, body: ["message": "no such act, or it lacks a member"])
      }
      let id = try self.perform(act, in: self.account(context.parameters.get("account") ?? ""))
      return Response.json(["id": .string(id)])
    }
  }
}

extension RDCRMBooks {
  /// As people see them in lists.
  fileprivate var records: JSON {
    let tags = fields.first { $0.label == "Tags" && $0.entity == "deal" }?.id
    return [
      "deals": .array(
        deals.values.map { deal in
          let place = stage(deal.stageID)
          return [
            "id": .string(deal.id), "name": .string(deal.name), "status": .string(deal.status),
            "pipeline": .optional(place?.pipeline.name), "stage": .optional(place?.stage.name),
            "email": .optional(deal.contactIDs.first.flatMap { contacts[$0]?.emails.first }),
            "tags": tags.flatMap { deal.fields[$0] } ?? [],
          ]
        }
      ),
      "contacts": .array(
        contacts.values.map { contact in
          [
            "id": .string(contact.id), "name": .string(contact.name),
            "email": .optional(contact.emails.first),
          ]
        }
      ),
      "organizations": .array(
        organizations.values.map { ["id": .string($0.id), "name": .string($0.name)] }
      ),
    ]
  }
}

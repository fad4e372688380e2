private import AsyncHTTPClient
private import FoundationEssentials
private import NIOCore
private import NIOHTTP1
private import StrictJSON

/// Applies and verifies the topology over RabbitMQ's management API.
///
/// Idempotent: applying twice, or from two machines at once, changes nothing more. Nothing is ever
/// deleted.
package struct BrokerDefinitions: Sendable {
  private let address: String
  private let user: String
  private let password: String
  private let virtualHost: String
  private let topology: Topology
  private let deadline: TimeAmount = .seconds(30)

  /// - Parameters:
  ///   - managementURL: Such as `http://user:password@host:15672`; both parts percent-encoded.
  ///   - virtualHost: The one of the AMQP address, decoded; `/` is RabbitMQ's own.
  ///   - topology: What the broker should hold.
  /// - Throws: ``TopologyError/badAddress`` for anything else; the text does not repeat the address.
  package init(
    managementURL: String,
    virtualHost: String = "/",
    topology: Topology = .fleet
  ) throws(TopologyError) {
    guard var parts = URLComponents(string: managementURL), let scheme = parts.scheme,
      ["http", "https"].contains(scheme), parts.host?.isEmpty == false
    else { throw .badAddress }
    user = parts.user ?? "guest"
    password = parts.password ?? "guest"
    parts.user = nil
    parts.password = nil
    parts.query = nil
    guard let text = parts.string else { throw .badAddress }
    address = text.hasSuffix("/") ? String(text.dropLast()) : text
    self.virtualHost = virtualHost
    self.topology = topology
  }

  /// Compares the broker with the topology.
  ///
  /// - Returns: Every difference by name; empty when there is none.
  /// - Throws: ``TopologyError`` when the management API cannot be asked.
  package func verify() async throws(TopologyError) -> [DriftItem] {
    let answer = try await call("GET", body: nil)
    do {
      return topology.drift(of: Topology(definitions: try JSON(parsing: answer)))
    } catch {
      throw .unexpectedAnswer("the definitions are no JSON: \(error)")
    }
  }

  /// Declares what is missing, mends policies, then verifies.
  ///
  /// - Returns: What bears our prefix and is unknown; it was left alone.
  /// - Throws: ``TopologyError/drift(_:)`` for what an import cannot mend: a queue or an exchange that
  ///   exists with other arguments must be emptied and deleted by a person first.
  package func apply() async throws(TopologyError) -> [DriftItem] {
    _ = try await call("POST", body: topology.definitions.encoded)
    let items = try await verify()
    let wrong = items.filter { $0.kind != .unknown }
    guard wrong.isEmpty else { throw .drift(wrong) }
    return items
  }

  /// Deliveries of a queue that have no verdict yet, as the broker last counted them; nil when it
  /// cannot be asked, which keeps nobody from working.
  func unsettled(in queue: String) async -> Int? {
    do {
      let answer = try await call("GET", "queues", of: queue, body: nil, within: .seconds(3))
      return try JSON(parsing: answer)["messages_unacknowledged"]?.int ?? 0
    } catch {
      // Not told as nothing: the caller says that it is unknown.
      return nil
    }
  }

  private func call(
    _ method: String,
    _ kind: String = "definitions",
    of name: String? = nil,
    body: [UInt8]?,
    within deadline: TimeAmount? = nil
  ) async throws(TopologyError) -> [UInt8] {
    let place = [virtualHost, name].compactMap { $0.map(percentEncoded) }.joined(separator: "/")
    var request = HTTPClientRequest(url: "\(address)/api/\(kind)/\(place)")
    request.method = .init(rawValue: method)
    request.setBasicAuth(username: user, password: password)
    if let body {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(body)
    }
    let (status, answer) = try await ask(request, within: deadline ?? self.deadline)
    guard !(200..<300).contains(status) else { return answer }
    let reason = reason(in: answer)
    switch (status, reason) {
    case (401, _): throw .refused("it does not know this user and password")
    // Releases differ in the status.
    case (404, _), (400, "vhost_not_found"):
      throw .refused("there is no virtual host \(virtualHost)")
    default: throw .unexpectedAnswer("status \(status) \(reason)")
    }
  }

  private func ask(_ request: HTTPClientRequest, within deadline: TimeAmount)
    async throws(TopologyError) -> (status: UInt, answer: [UInt8])
  {
    do {
      return try await HTTPClient.withHTTPClient(configuration: .askingOnce) { http in
        let response = try await http.execute(request, timeout: deadline)
        let body = try await response.body.collect(upTo: 16 * 1024 * 1024)
        return (response.status.code, Array(buffer: body))
      }
    } catch {
      throw .unreachable(ConnectionFault.words(error))
    }
  }

  private func reason(in answer: [UInt8]) -> String {
    do {
      return try JSON(parsing: answer)["reason"]?.string ?? ""
    } catch {
      // A proxy's page, say; the status must do.
      return ""
    }
  }
}

/// One segment of a path: everything but letters, digits and `-._~` encoded.
private func percentEncoded(_ text: String) -> String {
  let digits = Array("0123456789ABCDEF".utf8)
  let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
  let bytes = text.utf8.flatMap { byte in
    plain.contains(byte)
      ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
  return String(decoding: bytes, as: UTF8.self)
}

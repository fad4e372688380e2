import Foundation
import Glibc
import Synchronization

/// A TCP proxy on a loopback port that can make the link behind it fail, and that shares connections
/// out over its targets.
///
/// It is as honest as a network: what a black hole held back arrives after it, in order. Two threads a
/// connection, as many as a fleet of seven programs can well have.
final class FaultProxy: Sendable {
  struct Failure: Error { let call: String }

  let port: UInt16
  let targets: [UInt16]
  private let listener: Int32
  private let state = Mutex(State())

  private struct State {
    var fault = LinkFault.none
    var connections = 0
    var isClosed = false
  }

  /// Listens on a free port and forwards to those, by turns.
  init(to targets: UInt16...) throws {
    self.targets = targets
    (listener, port) = try Socket.listen()
    let listener = listener
    Thread.detachNewThread { [weak self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0, let self else {
          if client >= 0 { Glibc.close(client) }
          return
        }
        self.take(client)
      }
    }
  }

  var fault: LinkFault { state.withLock { $0.fault } }

  /// How many connections it has carried.
  var connections: Int { state.withLock { $0.connections } }

  func set(_ fault: LinkFault) { state.withLock { $0.fault = fault } }

  func close() {
    state.withLock { $0.isClosed = true }
    shutdown(listener, Int32(SHUT_RDWR))
    Glibc.close(listener)
  }

  private var isClosed: Bool { state.withLock { $0.isClosed } }

  private func take(_ client: Int32) {
    let turn = state.withLock { state in
      state.connections += 1
      return state.connections % targets.count
    }
    guard fault != .reset, let server = Socket.connect(to: targets[turn]) else {
      Socket.reset(client)
      return
    }
    Socket.hurry(client)
    let pair = LinkPair(client: client, server: server)
    Thread.detachNewThread { self.carry(pair, .toServer) }
    Thread.detachNewThread { self.carry(pair, .toClient) }
  }

  private func carry(_ pair: LinkPair, _ direction: LinkFault.Direction) {
    let (from, to) =
      direction == .toServer ? (pair.client, pair.server) : (pair.server, pair.client)
    var buffer = [UInt8](repeating: 0, count: 65_536)
    defer { pair.end() }
    while !isClosed, !pair.isBroken {
      if fault == .reset { return pair.break() }
      guard !fault.holds(direction) else {
        usleep(10_000)
        continue
      }
      guard Socket.isReadable(from, milliseconds: 20) else { continue }
      let count = read(from, &buffer, buffer.count)
      guard count > 0 else {
        if case .slowClose(let milliseconds) = fault { usleep(UInt32(milliseconds) * 1000) }
        shutdown(to, Int32(SHUT_WR))
        return
      }
      // What was read before the hole opened must not slip through it.
      while fault.holds(direction), !isClosed, !pair.isBroken { usleep(10_000) }
      guard deliver(buffer[..<count], to: to) else { return pair.break() }
    }
  }

  /// False when the connection is over.
  private func deliver(_ bytes: ArraySlice<UInt8>, to socket: Int32) -> Bool {
    switch fault {
    case .latency(let milliseconds, let jitter):
      usleep(UInt32(max(0, milliseconds + Int.random(in: -jitter...jitter)) * 1000))
      return Socket.write(bytes, to: socket)
    case .slow(let bytesPerSecond):
      usleep(UInt32(bytes.count * 1_000_000 / bytesPerSecond))
      return Socket.write(bytes, to: socket)
    case .cut:
      _ = Socket.write(bytes.prefix(bytes.count / 2), to: socket)
      return false
    case .slices:
      var rest = bytes
      while !rest.isEmpty {
        let size = Int.random(in: 1...7)
        guard Socket.write(rest.prefix(size), to: socket) else { return false }
        rest = rest.dropFirst(size)
      }
      return true
    default: return Socket.write(bytes, to: socket)
    }
  }
}

/// Both sockets of one connection; they go when both directions have ended.
private final class LinkPair: Sendable {
  let client: Int32
  let server: Int32
  private let state = Mutex((ended: 0, isBroken: false))

  init(client: Int32, server: Int32) {
    (self.client, self.server) = (client, server)
  }

  var isBroken: Bool { state.withLock { $0.isBroken } }

  /// Ends both directions at once, with a reset.
  func `break`() { state.withLock { $0.isBroken = true } }

  func end() {
    let (isLast, isBroken) = state.withLock { state in
      state.ended += 1
      return (state.ended == 2, state.isBroken)
    }
    guard isLast else { return }
    for socket in [client, server] {
      if isBroken { Socket.reset(socket) } else { Glibc.close(socket) }
    }
  }
}

import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Reads the body of a request within its bounds: bytes, time, and the bytes of all bodies together.
struct BodyReader: Sendable {
  enum Answer: Sendable {
    case complete([UInt8])
    case tooLarge
    case tooSlow
    /// The client went away, or what it sent is no HTTP.
    case broken
    case noRoom
  }

  let bytesMax: Int
  let deadline: Duration
  let room: Room

  private final class Flag: Sendable {
    let isRaised = Atomic<Bool>(false)
  }

  /// Whether the head already says that the body is too large.
  func declaresTooMuch(_ head: HTTPFields) -> Bool {
    guard let text = head[.contentLength], let length = Int(text) else { return false }
    return length > bytesMax
  }

  /// - Returns: What became of it; the room that a complete body takes is given back by ``giveBack(_:)``.
  func read(_ request: Request, from channel: any Channel) async -> Answer {
    let late = Flag()
    let alarm = channel.eventLoop.scheduleTask(in: TimeAmount(deadline)) {
      late.isRaised.store(true, ordering: .relaxed)
      // Ends the wait for more; the answer can still be written.
      channel.close(mode: .input, promise: nil)
    }
    defer { alarm.cancel() }
    var bytes: [UInt8] = []
    do {
      for try await chunk in request.body {
        guard bytes.count + chunk.readableBytes <= bytesMax else { return refuse(.tooLarge, bytes) }
        guard room.take(chunk.readableBytes) else { return refuse(.noRoom, bytes) }
        bytes.append(contentsOf: chunk.readableBytesView)
      }
    } catch {
      // Which error it was does not matter: the request cannot be read to its end.
      return refuse(late.isRaised.load(ordering: .relaxed) ? .tooSlow : .broken, bytes)
    }
    return late.isRaised.load(ordering: .relaxed) ? refuse(.tooSlow, bytes) : .complete(bytes)
  }

  func giveBack(_ bytes: [UInt8]) { room.giveBack(bytes.count) }

  private func refuse(_ answer: Answer, _ bytes: [UInt8]) -> Answer {
    room.giveBack(bytes.count)
    return answer
  }
}

import Metrics
import NIOCore

/// Closes a connection at once when too many are open.
///
/// Whoever called is told so by that, and may call another ingress; were the connection left in the
/// system's queue instead, it would look open and be silent until one of the others ends.
final class ConnectionCap: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = Any

  private let room: Room
  private let refused: Counter
  private var isCounted = false

  /// One of these a connection; the room is that of all.
  init(_ room: Room, refused: Counter) {
    self.room = room
    self.refused = refused
  }

  func handlerAdded(context: ChannelHandlerContext) {
    isCounted = room.take(1)
    if !isCounted { refused.increment() }
  }

  func channelActive(context: ChannelHandlerContext) {
    if isCounted {
      context.fireChannelActive()
    } else {
      context.close(promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    if isCounted { room.giveBack(1) }
    isCounted = false
  }
}

import AsyncHTTPClient
import Foundation
import Glibc
import Leads
import NIOCore
import NIOHTTP1
import StrictJSON
import TestKit
import Testing

@testable import Ingress

/// The built program on a free port, as a child of the tests.
final class IngressProcess: Sendable {
  private static let key = [UInt8](repeating: 5, count: 32)
  private let process: Process
  private let url: String
  private let client: HTTPClient

  /// Whether this machine lets us make a small disk.
  static let mayMount: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/unshare")
    process.arguments = ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  /// Starts it and waits until it answers.
  ///
  /// No file of it may be larger than `fileBlocksMax`, in blocks of 512 bytes; with `diskBytes` the spool
  /// lies on a disk of its own of that size, which dies with the process.
  init(
    spool: ScratchFolder,
    broker: String,
    fileBlocksMax: Int? = nil,
    diskBytes: Int? = nil
  ) async throws {
    let program = try #require(Self.program)
    let port = try freePort()
    try FileManager.default.createDirectory(at: spool.url, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    var order = "exec '\(program.path())'"
    if let fileBlocksMax { order = "ulimit -f \(fileBlocksMax); \(order)" }
    if let diskBytes {
      let mount = "mount -t tmpfs -o size=\(diskBytes) tmpfs '\(spool.url.path())'"
      order = "exec unshare --mount sh -c \"\(mount) && \(order)\""
    }
    process.arguments = ["-c", order]
    process.environment = [
      "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
      "ESTEIRA_AMQP_URL": broker,
      "ESTEIRA_SECRET_KEY": Data(Self.key).base64EncodedString(),
      "ESTEIRA_INGRESS_LISTEN": "127.0.0.1:\(port)",
      "ESTEIRA_HEALTH_LISTEN": "127.0.0.1:0",
      "ESTEIRA_INGRESS_SPOOL": spool.url.path(),
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    self.process = process
    client = HTTPClient.shared
    let secret = try #require(HookToken.Secret(Self.key))
    let name = try #require(IntegrationName("acme"))
    let token = HookToken(.rd, of: name, secret: secret)
    url = "http://127.0.0.1:\(port)/v1/hooks/rd/acme/\(token.text)"
    try await wait("ingress answers") { [self] in
      do {
        return try await post("{}").status == 204
      } catch {
        return false
      }
    }
  }

  deinit { if process.isRunning { process.terminate() } }

  /// Beside the bundle of the tests.
  private static var program: URL? {
    let beside = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let here = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
      .map { URL(filePath: $0).deletingLastPathComponent() }
    return ([beside, here] + bundles).map { $0.appending(path: "esteira-ingress") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path()) }
  }

  func post(_ text: String) async throws -> HookReply {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.body = .bytes(ByteBuffer(string: text))
    let start = ContinuousClock.now
    let response = try await client.execute(request, timeout: .seconds(20))
    let bytes = try await response.body.collect(upTo: 1 << 20)
    #expect(.now - start < .seconds(3), "RD Station gives up at 5 s")
    return HookReply(
      status: Int(response.status.code),
      headers: response.headers,
      body: String(buffer: bytes)
    )
  }

  /// The id under which a lead was accepted; nil when it was not, also because the program is gone.
  func acceptedID() async -> String? {
    do {
      let reply = try await post(IngressTests.lead)
      return reply.status == 202 ? reply.json?["id"]?.string : nil
    } catch {
      return nil
    }
  }

  /// Without a warning.
  func kill(after delay: Duration) async {
    try? await Task.sleep(for: delay)
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilEnded()
  }
}

/// A port that nothing listens on now.
private func freePort() throws -> UInt16 { try BlackHole().port }

/// Looks at what another process or thread does until it is so.
func wait(
  _ what: String,
  until condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + .seconds(60)
  while try await !condition() {
    try #require(.now < deadline, "not within 60 s: \(what)")
    try await Task.sleep(for: .milliseconds(20))
  }
}

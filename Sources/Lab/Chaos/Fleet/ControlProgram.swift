import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The operator's program, run to its end.
struct ControlProgram: Sendable {
  private let executable: URL
  private let environment: [String: String]

  init(executable: URL, _ environment: [String: String]) {
    self.executable = executable
    self.environment = environment
  }

  /// - Returns: Its standard output.
  /// - Throws: With both outputs, when it does not end with 0.
  @discardableResult
  func run(_ arguments: [String]) async throws -> String {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    let talk = Pipe()
    process.standardOutput = output
    process.standardError = talk
    let status = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    let text = String(
      decoding: try output.fileHandleForReading.readToEnd() ?? Data(),
      as: UTF8.self
    )
    guard status == 0 else {
      let said = String(
        decoding: try talk.fileHandleForReading.readToEnd() ?? Data(),
        as: UTF8.self
      )
      throw ChaosFleet.Failure(
        description: "esteira \(arguments.joined(separator: " ")): \(text)\(said)"
      )
    }
    return text
  }
}

extension ChildProgram {
  nonisolated func isReady() async -> Bool {
    do {
      let response = try await HTTPClient.shared.execute(
        HTTPClientRequest(url: "http://127.0.0.1:\(healthPort)/readyz"),
        timeout: .seconds(2)
      )
      return response.status.code == 200
    } catch {
      // One that does not answer is not ready.
      return false
    }
  }
}
